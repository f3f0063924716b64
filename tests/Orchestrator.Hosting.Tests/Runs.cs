using Orchestrator.Queue;
using Orchestrator.Queue.Workers;
using Orchestrator.Tasks;

namespace Orchestrator.Hosting.Tests;

/// <summary>Makes runs as the handler makes them.</summary>
internal static class Runs
{
    public static AgentTaskRun Of(MainJobRig rig, AgentTask task)
    {
        var queued = new QueuedTask { Id = task.Id, Queue = "default", Type = AgentTaskClient.TaskType, Payload = "{}", State = QueuedTaskState.Running, CreatedAt = DateTimeOffset.UnixEpoch, LeaseId = 1 };
        var lease = new TaskLease { Task = queued, ExpiresAt = DateTimeOffset.MaxValue };
        return new AgentTaskRun(task, new TaskContext(lease, new WorkerIdentity { Id = "worker-1", WorkerName = "test" }, rig.Leases), rig.Service<AgentTaskTrail>());
    }
}
