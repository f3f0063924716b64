using Microsoft.Extensions.Logging;
using Orchestrator.Auditing;
using Orchestrator.Queue.Presence;

namespace Orchestrator.Hosting;

/// <summary>Takes back the tasks of workers that died, and ends what their agents still do.</summary>
internal sealed class DeadWorkerTasks(WorkerRecovery workers, AbandonedExecutions abandoned, AgentTaskTrail trail, ILogger<DeadWorkerTasks> logger)
{
    /// <summary>To be called before this process' worker takes tasks: later, it might end an attempt that has just begun anew.</summary>
    public async ValueTask TakeBackAsync(CancellationToken cancellationToken)
    {
        var found = await workers.RunAsync(cancellationToken).ConfigureAwait(false);
        foreach (var taskId in found.ReclaimedTasks)
        {
            await abandoned.CloseAsync(taskId, cancellationToken).ConfigureAwait(false);
            var operation = new Operation { Name = OperationNames.TaskRecovered, TaskId = taskId, Outcome = OperationOutcome.Succeeded, Message = "Its worker died; the task was taken back." };
            await trail.RecordAsync(AgentTaskStep.Recovered, operation, cancellationToken).ConfigureAwait(false);
        }

        if (found.ReclaimedTasks.Count > 0)
        {
            logger.TasksReclaimed(found.ReclaimedTasks.Count);
        }
    }
}
