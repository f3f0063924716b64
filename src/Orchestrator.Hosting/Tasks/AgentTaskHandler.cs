using System.Text.Json;
using Microsoft.Extensions.Logging;
using Orchestrator.Auditing;
using Orchestrator.Json;
using Orchestrator.Providers;
using Orchestrator.Providers.Containers;
using Orchestrator.Queue;
using Orchestrator.Queue.Workers;
using Orchestrator.Secrets;
using Orchestrator.Tasks;

namespace Orchestrator.Hosting;

/// <summary>The main job: takes an agent task from the queue through gate, attempts, delivery and verification to its report.</summary>
internal sealed class AgentTaskHandler(
    AgentTaskTrail trail, SourceGate gate, AttemptLoop attempts, ResultDelivery delivery, RemediationPlanner remediation, ISecretRedactor redactor, ILogger<AgentTaskHandler> logger) : ITaskHandler
{
    public string Type => AgentTaskClient.TaskType;

    public async ValueTask<TaskHandlerResult> HandleAsync(TaskContext context, CancellationToken cancellationToken)
    {
        AgentTask task;
        try
        {
            task = OrchestratorJson.Read(context.Task.Payload, OrchestratorJsonContext.Default.AgentTask);
        }
        catch (JsonException error)
        {
            return TaskHandlerResult.Failed(new TaskFailure { Code = FailureClass.Configuration.ToName(), Message = $"The payload is no task: {error.Message}" });
        }

        return await RunAsync(new AgentTaskRun(task, context, trail), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Carries out a task whose payload was read.</summary>
    public async ValueTask<TaskHandlerResult> RunAsync(AgentTaskRun run, CancellationToken cancellationToken)
    {
        logger.TaskStarted(run.Task.Id, run.Context.Task.Crashes);
        await run.RecordAsync(AgentTaskStep.Leased, OperationNames.TaskLeased, OperationOutcome.Succeeded, $"Worker took the task, lease {run.Context.FencingToken}.", cancellationToken).ConfigureAwait(false);
        try
        {
            await GoThroughAsync(run, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException || !(cancellationToken.IsCancellationRequested || run.IsLeaseLost))
        {
            // Broken machinery: what was begun in the tree has been taken back on the way here. The task must end with its reason.
            logger.TaskBroke(error, run.Task.Id);
            run.Report = run.Report with { Status = AgentTaskStatus.Failed, Files = [], Failure = Broken(error) };
        }

        // What is done is done: a cancellation from here on must not make the report say otherwise.
        return await FinishAsync(run).ConfigureAwait(false);
    }

    private async ValueTask GoThroughAsync(AgentTaskRun run, CancellationToken cancellationToken)
    {
        await attempts.CloseAbandonedAsync(run, cancellationToken).ConfigureAwait(false);
        var checkpoint = ReadCheckpoint(run.Context.Task);
        if (checkpoint is { Phase: AgentTaskPhase.Settled } && run.Context.Task.Crashes == 0)
        {
            // No worker died before the last word: somebody retries a task that had ended.
            checkpoint = null;
        }

        if (checkpoint is null or { Phase: AgentTaskPhase.Settled })
        {
            await delivery.SettleAsync(run).ConfigureAwait(false);
        }

        if (checkpoint is not null)
        {
            run.Report = checkpoint.Report;
            await run.RecordAsync(
                AgentTaskStep.Recovered, OperationNames.TaskRecovered, OperationOutcome.None, $"Taken up again at '{checkpoint.Phase.ToName()}'.", cancellationToken, executionId: checkpoint.ExecutionId).ConfigureAwait(false);
        }
        else
        {
            if (await gate.CheckAsync(run, cancellationToken).ConfigureAwait(false) is { } refusal)
            {
                run.Report = run.Report with { Status = AgentTaskStatus.Refused, Failure = refusal };
                return;
            }

            checkpoint = await attempts.RunAsync(run, cancellationToken).ConfigureAwait(false);
        }

        if (checkpoint is { Phase: not AgentTaskPhase.Settled })
        {
            await delivery.DeliverAsync(run, checkpoint, cancellationToken).ConfigureAwait(false);
        }

        if (checkpoint is not null)
        {
            await remediation.EnqueueAsync(run, CancellationToken.None).ConfigureAwait(false);
            await run.CheckpointAsync(checkpoint with { Phase = AgentTaskPhase.Settled }, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private AgentFailure Broken(Exception error)
    {
        // The words of an unknown exception may hold anything; they are in the log of the host alone.
        var message = error is OrchestratorException or IOException or UnauthorizedAccessException
            ? error.Message
            : $"The orchestrator could not go on ({error.GetType().Name}); its log says why.";
        var failure = error switch
        {
            ContainerUnavailableException unavailable => unavailable.Class,
            VerificationBrokenException broken => broken.Class,
            _ => FailureClass.Unknown,
        };
        return new AgentFailure { Class = failure, Message = redactor.Redact(message) };
    }

    private static AgentTaskCheckpoint? ReadCheckpoint(QueuedTask task)
    {
        try
        {
            return AgentTaskCheckpoint.Of(task);
        }
        catch (JsonException)
        {
            // Written by another version. What it began in the caller's tree is taken back, and the task starts again.
            return null;
        }
    }

    private async ValueTask<TaskHandlerResult> FinishAsync(AgentTaskRun run)
    {
        var report = run.Report;
        logger.TaskEnded(report.TaskId, report.Status);
        var delivered = report.Status is AgentTaskStatus.Verified or AgentTaskStatus.Unverified;
        await run.RecordAsync(
            AgentTaskStep.Finished,
            OperationNames.TaskFinished,
            delivered ? OperationOutcome.Succeeded : report.Status == AgentTaskStatus.Refused ? OperationOutcome.Refused : OperationOutcome.Failed,
            report.Failure is { } failure ? $"Ended as {report.Status.ToName()}: {failure.Message}" : $"Ended as {report.Status.ToName()}.",
            CancellationToken.None,
            new ValueMap([new("status", report.Status.ToName())])).ConfigureAwait(false);

        var json = OrchestratorJson.Write(report, HostingJsonContext.Default.AgentTaskReport);
        return delivered
            ? TaskHandlerResult.Completed(json)
            : TaskHandlerResult.Failed(new TaskFailure
            {
                Code = (report.Failure?.Class ?? FailureClass.Unknown).ToName(),
                Message = report.Failure?.Message ?? report.Status.ToName(),
                Result = json,
            });
    }
}
