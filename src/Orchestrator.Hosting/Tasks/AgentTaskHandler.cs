using System.Text.Json;
using Microsoft.Extensions.Logging;
using Orchestrator.Auditing;
using Orchestrator.Json;
using Orchestrator.Providers;
using Orchestrator.Queue;
using Orchestrator.Queue.Workers;
using Orchestrator.Tasks;

namespace Orchestrator.Hosting;

/// <summary>The main job: takes an agent task from the queue through gate, attempts, delivery and verification to its report.</summary>
internal sealed class AgentTaskHandler(
    AgentTaskTrail trail, SourceGate gate, AbandonedExecutions abandoned, AttemptLoop attempts, ResultDelivery delivery, RemediationPlanner remediation, ILogger<AgentTaskHandler> logger) : ITaskHandler
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

        logger.TaskStarted(task.Id, context.Task.Crashes);
        var run = new AgentTaskRun(task, context, trail);
        await run.RecordAsync(AgentTaskStep.Leased, OperationNames.TaskLeased, OperationOutcome.Succeeded, $"Worker took the task, lease {context.FencingToken}.", cancellationToken).ConfigureAwait(false);
        await RunAsync(run, cancellationToken).ConfigureAwait(false);
        return await FinishAsync(run, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask RunAsync(AgentTaskRun run, CancellationToken cancellationToken)
    {
        if (run.Context.Task.Crashes > 0)
        {
            await abandoned.CloseAsync(run.Task.Id, cancellationToken).ConfigureAwait(false);
        }

        var checkpoint = ReadCheckpoint(run.Context.Task);
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
            await remediation.EnqueueAsync(run, cancellationToken).ConfigureAwait(false);
            await run.CheckpointAsync(checkpoint with { Phase = AgentTaskPhase.Settled }, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<TaskHandlerResult> FinishAsync(AgentTaskRun run, CancellationToken cancellationToken)
    {
        var report = run.Report;
        logger.TaskEnded(report.TaskId, report.Status);
        var delivered = report.Status is AgentTaskStatus.Verified or AgentTaskStatus.Unverified;
        await run.RecordAsync(
            AgentTaskStep.Finished,
            OperationNames.TaskFinished,
            delivered ? OperationOutcome.Succeeded : report.Status == AgentTaskStatus.Refused ? OperationOutcome.Refused : OperationOutcome.Failed,
            report.Failure is { } failure ? $"Ended as {report.Status.ToName()}: {failure.Message}" : $"Ended as {report.Status.ToName()}.",
            cancellationToken,
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

    private static AgentTaskCheckpoint? ReadCheckpoint(QueuedTask task)
    {
        try
        {
            return task.Checkpoint is { } json ? OrchestratorJson.Read(json, CheckpointJsonContext.Default.AgentTaskCheckpoint) : null;
        }
        catch (JsonException)
        {
            // Written by another version. The journal and the snapshot outlive it, but their ids do not: start again from the caller's tree as it is.
            return null;
        }
    }
}
