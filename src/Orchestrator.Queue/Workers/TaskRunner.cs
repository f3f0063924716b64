using Microsoft.Extensions.Logging;
using Orchestrator.Queue.Diagnostics;

namespace Orchestrator.Queue.Workers;

/// <summary>Runs the handler of one leased task and writes down how it went.</summary>
internal sealed class TaskRunner(TaskHandlerTable handlers, ITaskLeases leases, WorkerIdentity worker, TaskQueueMetrics metrics, TimeProvider time, ILogger<TaskWorker> logger)
{
    public ValueList<string> Types => handlers.Types;

    public WorkerIdentity Worker => worker;

    public RunningTask Start(TaskLease lease, long leasedAt) => new(new TaskContext(lease, worker, leases), leasedAt);

    /// <summary>Runs to the end; never throws.</summary>
    /// <returns>Whether the handler gave the task back of its own will: it should then not be taken again at once.</returns>
    public async Task<bool> RunAsync(RunningTask running)
    {
        var task = running.Context.Task;
        using var activity = TaskQueueActivity.Start(task);
        var started = time.GetTimestamp();
        Log.TaskStarted(logger, task.Id, task.Type, task.Attempt, task.LeaseId);

        var result = await HandleAsync(running).ConfigureAwait(false);
        var outcome = Outcome(result, running.Context.StopReason);
        metrics.Ran(task.Queue, task.Type, outcome, time.GetElapsedTime(started));
        TaskQueueActivity.End(activity, outcome, result.Failure?.Code);
        try
        {
            var status = await WriteAsync(running, result, outcome).ConfigureAwait(false);
            if (status == LeaseStatus.Held)
            {
                Log.TaskEnded(logger, task.Id, outcome);
            }
            else
            {
                Log.LeaseLost(logger, task.Id, task.LeaseId);
            }
        }
        catch (Exception error)
        {
            Log.OutcomeNotStored(logger, error, task.Id, outcome);
        }

        return outcome == TaskQueueDiagnostics.OutcomeReleased && running.Context.StopReason == TaskStopReason.None;
    }

    private async ValueTask<TaskHandlerResult> HandleAsync(RunningTask running)
    {
        var task = running.Context.Task;
        try
        {
            return await handlers[task.Type].HandleAsync(running.Context, running.Stopping).ConfigureAwait(false)
                ?? throw new InvalidOperationException("The handler returned no result.");
        }
        catch (OperationCanceledException) when (running.Stopping.IsCancellationRequested)
        {
            return TaskHandlerResult.Released();
        }
        catch (Exception error)
        {
            // The exception's own message may hold the payload: it goes to the log of the host, not into the database.
            Log.HandlerThrew(logger, error, task.Id, task.Type);
            var kind = error is OrchestratorException coded ? coded.Code : error.GetType().Name;
            return TaskHandlerResult.Failed(new TaskFailure
            {
                Code = TaskQueueDiagnostics.HandlerErrorCode,
                Message = $"The handler of '{task.Type}' threw {kind}.",
                Retryable = true,
            });
        }
    }

    private static string Outcome(TaskHandlerResult result, TaskStopReason reason) => (result.Status, reason) switch
    {
        (_, TaskStopReason.LeaseLost) => TaskQueueDiagnostics.OutcomeLost,
        (TaskHandlerStatus.Completed, _) => TaskQueueDiagnostics.OutcomeCompleted,
        (_, TaskStopReason.CancelRequested) => TaskQueueDiagnostics.OutcomeCancelled,
        (TaskHandlerStatus.Failed, _) => TaskQueueDiagnostics.OutcomeFailed,
        _ => TaskQueueDiagnostics.OutcomeReleased,
    };

    // Not cancellable: the work is done and paid for, its outcome must be stored also while the worker shuts down.
    private ValueTask<LeaseStatus> WriteAsync(RunningTask running, TaskHandlerResult result, string outcome) => outcome switch
    {
        TaskQueueDiagnostics.OutcomeCompleted => leases.CompleteAsync(running.Token, result.Result, CancellationToken.None),
        TaskQueueDiagnostics.OutcomeCancelled => leases.CancelledAsync(running.Token, result.Failure?.Result, CancellationToken.None),
        TaskQueueDiagnostics.OutcomeFailed => leases.FailAsync(running.Token, result.Failure!, CancellationToken.None),
        TaskQueueDiagnostics.OutcomeReleased => leases.ReleaseAsync(running.Token, CancellationToken.None),
        _ => ValueTask.FromResult(LeaseStatus.Lost),
    };
}
