using Orchestrator.Queue;

namespace Orchestrator.Hosting.Tests;

/// <summary>Keeps checkpoints in memory, and takes the lease away when the test says so.</summary>
internal sealed class FakeLeases : ITaskLeases
{
    public List<string> Checkpoints { get; } = [];

    /// <summary>Whether a checkpoint is refused: another worker has the task.</summary>
    public Func<string, bool> IsLost { get; set; } = _ => false;

    public ValueTask<LeaseStatus> CheckpointAsync(LeaseToken lease, string checkpoint, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (IsLost(checkpoint))
        {
            return ValueTask.FromResult(LeaseStatus.Lost);
        }

        Checkpoints.Add(checkpoint);
        return ValueTask.FromResult(LeaseStatus.Held);
    }

    public ValueTask<ValueList<TaskLease>> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<ValueList<LeaseRenewal>> RenewAsync(ValueList<LeaseToken> leases, TimeSpan duration, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<LeaseExchange> EndAsync(ValueList<TaskOutcome> outcomes, LeaseRequest? next, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<LeaseStatus> ReportAsync(LeaseToken lease, TaskProgress? progress, ValueList<TaskLogLine> lines, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<ValueList<DependencyResult>> GetDependenciesAsync(string taskId, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<ValueList<string>> ReclaimAsync(string workerId, CancellationToken cancellationToken) => throw new NotSupportedException();
}
