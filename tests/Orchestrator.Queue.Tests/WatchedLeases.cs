using System.Threading.Channels;

namespace Orchestrator.Queue.Tests;

/// <summary>Tells of heartbeats, and lets them fail.</summary>
internal sealed class WatchedLeases(ITaskLeases inner) : ITaskLeases
{
    private readonly Channel<ValueList<LeaseRenewal>> _renewed = Channel.CreateUnbounded<ValueList<LeaseRenewal>>();

    public Exception? Failure { get; set; }

    public async Task<ValueList<LeaseRenewal>> RenewedAsync() => await _renewed.Reader.ReadAsync(TestQueue.Cancel);

    public async ValueTask<ValueList<LeaseRenewal>> RenewAsync(ValueList<LeaseToken> leases, TimeSpan duration, CancellationToken cancellationToken)
    {
        try
        {
            var renewals = Failure is null ? await inner.RenewAsync(leases, duration, cancellationToken) : throw Failure;
            _renewed.Writer.TryWrite(renewals);
            return renewals;
        }
        catch
        {
            _renewed.Writer.TryWrite([]);
            throw;
        }
    }

    public ValueTask<ValueList<TaskLease>> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken) => inner.LeaseAsync(request, cancellationToken);

    public ValueTask<LeaseStatus> CheckpointAsync(LeaseToken lease, string checkpoint, CancellationToken cancellationToken) => inner.CheckpointAsync(lease, checkpoint, cancellationToken);

    public ValueTask<LeaseStatus> CompleteAsync(LeaseToken lease, string? result, CancellationToken cancellationToken) => inner.CompleteAsync(lease, result, cancellationToken);

    public ValueTask<LeaseStatus> FailAsync(LeaseToken lease, TaskFailure failure, CancellationToken cancellationToken) => inner.FailAsync(lease, failure, cancellationToken);

    public ValueTask<LeaseStatus> ReleaseAsync(LeaseToken lease, CancellationToken cancellationToken) => inner.ReleaseAsync(lease, cancellationToken);

    public ValueTask<LeaseStatus> CancelledAsync(LeaseToken lease, string? result, CancellationToken cancellationToken) => inner.CancelledAsync(lease, result, cancellationToken);

    public ValueTask<ValueList<string>> ReclaimAsync(string workerId, CancellationToken cancellationToken) => inner.ReclaimAsync(workerId, cancellationToken);

    public static WatchedLeases Watch(IServiceProvider provider) => new(new TaskLeases(
        Get<Storage.ITaskStore>(provider), new TaskQueueOptions(), Get<Signals.TaskSignals>(provider), Get<Queue.Diagnostics.TaskQueueMetrics>(provider), Get<TimeProvider>(provider)));

    private static T Get<T>(IServiceProvider provider) => (T)provider.GetService(typeof(T))!;
}
