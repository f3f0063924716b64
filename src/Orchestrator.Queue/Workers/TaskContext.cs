namespace Orchestrator.Queue.Workers;

/// <summary>What a handler gets to work on one task.</summary>
/// <remarks>Thread-safe. Of use only until the handler returned.</remarks>
public sealed class TaskContext
{
    private readonly ITaskLeases _leases;
    private int _stopReason;

    /// <summary>Makes a context; the worker does so for every task, tests of a handler may.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="worker">Who works.</param>
    /// <param name="leases">Where checkpoints go.</param>
    public TaskContext(TaskLease lease, WorkerIdentity worker, ITaskLeases leases)
    {
        ArgumentNullException.ThrowIfNull(lease);
        ArgumentNullException.ThrowIfNull(worker);
        ArgumentNullException.ThrowIfNull(leases);
        Lease = lease;
        Worker = worker;
        _leases = leases;
    }

    /// <summary>The lease under which the handler works.</summary>
    public TaskLease Lease { get; }

    /// <summary>The task as it stood when it was leased, with the payload and the checkpoint of the attempt before.</summary>
    public QueuedTask Task => Lease.Task;

    /// <summary>Grows with every lease of the task: lets a side effect outside the database refuse a worker that lost its lease.</summary>
    public long FencingToken => Lease.Task.LeaseId;

    /// <summary>Who works.</summary>
    public WorkerIdentity Worker { get; }

    /// <summary>Why the handler's token was cancelled.</summary>
    /// <value><see cref="TaskStopReason.None"/> until it was.</value>
    public TaskStopReason StopReason => (TaskStopReason)Volatile.Read(ref _stopReason);

    /// <summary>Keeps data that the next attempt can continue from.</summary>
    /// <param name="checkpoint">JSON; replaces the one before.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns><see cref="LeaseStatus.Lost"/> when the task belongs to somebody else now: stop working on it.</returns>
    public ValueTask<LeaseStatus> CheckpointAsync(string checkpoint, CancellationToken cancellationToken = default) =>
        _leases.CheckpointAsync(Lease.Token, checkpoint, cancellationToken);

    internal void Stop(TaskStopReason reason)
    {
        int current;
        do
        {
            current = Volatile.Read(ref _stopReason);
        }
        while ((int)reason > current && Interlocked.CompareExchange(ref _stopReason, (int)reason, current) != current);
    }
}
