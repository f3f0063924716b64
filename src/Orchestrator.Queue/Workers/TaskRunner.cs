using Microsoft.Extensions.Logging;
using Orchestrator.Queue.Diagnostics;
using Orchestrator.Queue.Handlers;
using Orchestrator.Queue.Retry;
using Orchestrator.Storage;

namespace Orchestrator.Queue.Workers;

/// <summary>Runs the handler of one leased task and says what is to be written down.</summary>
internal sealed class TaskRunner(TaskHandlerTable handlers, TaskRunnerServices services, IRetryPolicy retry, TimeProvider time, ILogger<TaskWorker> logger)
{
    /// <summary>How long a task waits whose payload no worker here knows.</summary>
    private static readonly TimeSpan NewerPayloadDelay = TimeSpan.FromSeconds(30);

    /// <summary>What a policy asks for beyond this is a mistake, and more than a time can hold must not be added to one.</summary>
    private static readonly TimeSpan LongestRetry = TimeSpan.FromDays(365);

    public ValueList<string> Types => handlers.Types;

    public WorkerIdentity Worker => services.Worker;

    public ITaskLeases Leases => services.Leases;

    public TaskQueueMetrics Metrics => services.Metrics;

    public RunningTask Take(TaskLease lease, long leasedAt) => new(
        new TaskContext(lease, services.Worker, services.Leases, time) { Transactions = services.Transactions, Logger = logger }, handlers[lease.Task.Type], leasedAt);

    /// <summary>Runs to the end; never throws.</summary>
    public async Task RunAsync(RunningTask running, TimeSpan releaseDelay)
    {
        var context = running.Context;
        TaskHandlerResult result;
        try
        {
            running.LimitTime(time);
            result = await HandleAsync(running).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            // Not of the handler, whose exceptions are results by now: whatever it is, the task must not be held for ever.
            Log.RunFailed(logger, error, context.Task.Id, context.Task.Type);
            result = TaskHandlerResult.Failed(ExceptionDecorator.Failure(context.Task, error));
        }

        await running.DisposeAsync().ConfigureAwait(false);
        var reason = context.StopReason;
        if (context.HasUnstored && reason != TaskStopReason.LeaseLost)
        {
            await FlushAsync(context).ConfigureAwait(false);
        }

        running.OutcomeName = HandlerOutcome.Name(result, reason);
        running.IsAlreadyCompleted = result.Status == TaskHandlerStatus.AlreadyCompleted;
        running.Outcome = Outcome(running, result, reason, releaseDelay);
    }

    private ValueTask<TaskHandlerResult> HandleAsync(RunningTask running)
    {
        if (running.Stopping.IsCancellationRequested)
        {
            return ValueTask.FromResult(TaskHandlerResult.Released()); // It was stopped while it waited for its turn.
        }

        var (context, versions) = (running.Context, running.Handler.Versions);
        if (versions is not null && context.Task.PayloadVersion != versions.Known)
        {
            if (context.Task.PayloadVersion > versions.Known)
            {
                Log.PayloadTooNew(logger, context.Task.Id, context.Task.Type, context.Task.PayloadVersion, versions.Known);
                return ValueTask.FromResult(TaskHandlerResult.Released(NewerPayloadDelay));
            }

            var (lease, failure) = versions.Upcast(context.Lease);
            if (failure is not null)
            {
                return ValueTask.FromResult(failure);
            }

            context.Lease = lease;
        }

        return running.Handler.Run(context, running.Stopping);
    }

    private async ValueTask FlushAsync(TaskContext context)
    {
        try
        {
            await context.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            Log.ReportLost(logger, error, context.Task.Id);
        }
    }

    private TaskOutcome? Outcome(RunningTask running, TaskHandlerResult result, TaskStopReason reason, TimeSpan releaseDelay)
    {
        var lease = running.Token;
        return running.OutcomeName switch
        {
            TaskQueueDiagnostics.OutcomeLost => null,
            TaskQueueDiagnostics.OutcomeCompleted when running.IsAlreadyCompleted => TaskOutcome.Released(lease, releaseDelay), // Changes nothing when its transaction was committed.
            TaskQueueDiagnostics.OutcomeCompleted when IsTooLarge(result.Result) => Failed(running, TooLarge(result.Result!.Length)),
            TaskQueueDiagnostics.OutcomeCompleted => TaskOutcome.Completed(lease, result.Result),
            TaskQueueDiagnostics.OutcomeCancelled => TaskOutcome.Cancelled(lease, result.Failure?.Result),
            TaskQueueDiagnostics.OutcomeFailed when reason == TaskStopReason.TimedOut => Failed(running, TimedOut(running.Context.Task, result.Failure)),
            TaskQueueDiagnostics.OutcomeFailed when IsTooLarge(result.Failure!.Result) => Failed(running, TooLarge(result.Failure.Result!.Length)),
            TaskQueueDiagnostics.OutcomeFailed => Failed(running, result.Failure!),

            // Nobody asked for it: without a wait, this worker would take it again at once.
            _ when reason == TaskStopReason.None => TaskOutcome.Released(lease, result.Backoff > releaseDelay ? result.Backoff : releaseDelay),
            _ => TaskOutcome.Released(lease, result.Backoff),
        };
    }

    private TaskOutcome Failed(RunningTask running, TaskFailure failure)
    {
        var decision = Decide(running.Context.Task, failure);
        return TaskOutcome.Failed(running.Token, failure with { Retryable = decision.IsRetryable }, decision.Delay);
    }

    private RetryDecision Decide(QueuedTask task, TaskFailure failure)
    {
        try
        {
            var decision = retry.Decide(task, failure);
            if (decision.Delay >= TimeSpan.Zero)
            {
                return decision.Delay <= LongestRetry ? decision : decision with { Delay = LongestRetry };
            }

            Log.RetryPolicyFailed(logger, null, task.Id);
            return decision with { Delay = TimeSpan.Zero };
        }
        catch (Exception error)
        {
            // The policy may be the host's own.
            Log.RetryPolicyFailed(logger, error, task.Id);
            return new RetryDecision(failure.Retryable, TimeSpan.Zero);
        }
    }

    private static bool IsTooLarge(string? result) => result?.Length > TaskStoreLimits.MaxResultLength;

    private static TaskFailure TooLarge(int length) => new()
    {
        Code = TaskQueueDiagnostics.ResultTooLargeCode,
        Message = $"The result has {length} characters; at most {TaskStoreLimits.MaxResultLength} are stored. Store it apart and refer to it.",
    };

    private static TaskFailure TimedOut(QueuedTask task, TaskFailure? failure) => new()
    {
        Code = TaskQueueDiagnostics.TimeoutCode,
        Message = $"The attempt took longer than {task.Timeout}.",
        Retryable = true,
        Result = IsTooLarge(failure?.Result) ? null : failure?.Result,
    };
}
