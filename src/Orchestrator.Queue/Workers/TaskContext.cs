using System.Data.Common;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Storage;

namespace Orchestrator.Queue.Workers;

/// <summary>What a handler gets to work on one task.</summary>
/// <remarks>Thread-safe. Of use only until the handler returned.</remarks>
public sealed class TaskContext
{
    private readonly ITaskLeases _leases;
    private readonly TimeProvider _time;
    private TaskJournal? _journal;
    private int _stopReason;

    /// <summary>Makes a context; the worker does so for every task, tests of a handler may.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="worker">Who works.</param>
    /// <param name="leases">Where checkpoints and reports go.</param>
    /// <param name="time">The clock by which reports are gathered; <see langword="null"/> for the system's.</param>
    public TaskContext(TaskLease lease, WorkerIdentity worker, ITaskLeases leases, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(lease);
        ArgumentNullException.ThrowIfNull(worker);
        ArgumentNullException.ThrowIfNull(leases);
        Lease = lease;
        Worker = worker;
        _leases = leases;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>The lease under which the handler works.</summary>
    public TaskLease Lease { get; internal set; }

    /// <summary>The task as it stood when it was leased, with the payload in its newest version and the checkpoint of the attempt before.</summary>
    public QueuedTask Task => Lease.Task;

    /// <summary>Grows with every lease of the task: lets a side effect outside the database refuse a worker that lost its lease.</summary>
    public long FencingToken => Lease.Task.LeaseId;

    /// <summary>Who works.</summary>
    public WorkerIdentity Worker { get; }

    /// <summary>Ends tasks in the host's own transactions; <see langword="null"/> where the database cannot.</summary>
    public ITransactionalTaskQueue? Transactions { get; init; }

    /// <summary>Why the handler's token was cancelled.</summary>
    /// <value><see cref="TaskStopReason.None"/> until it was.</value>
    public TaskStopReason StopReason => (TaskStopReason)Volatile.Read(ref _stopReason);

    /// <summary>Hears of reports that could not be stored.</summary>
    internal ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Whether something was reported that is not stored yet.</summary>
    internal bool HasUnstored => Volatile.Read(ref _journal) is { HasUnstored: true };

    /// <summary>Keeps data that the next attempt can continue from.</summary>
    /// <param name="checkpoint">JSON; replaces the one before.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns><see cref="LeaseStatus.Lost"/> when the task belongs to somebody else now: stop working on it.</returns>
    public ValueTask<LeaseStatus> CheckpointAsync(string checkpoint, CancellationToken cancellationToken = default) =>
        _leases.CheckpointAsync(Lease.Token, checkpoint, cancellationToken);

    /// <summary>Says how far the work is. Stored at once when the last report is a second old; else with the next heartbeat, the next report or the end. What cannot be stored is tried again with those, and is no error here.</summary>
    /// <param name="progress">How far.</param>
    /// <param name="cancellationToken">Gives up; what was said is stored later.</param>
    /// <returns><see cref="LeaseStatus.Lost"/> when the task belongs to somebody else now: stop working on it.</returns>
    public ValueTask<LeaseStatus> ReportAsync(TaskProgress progress, CancellationToken cancellationToken = default) =>
        Journal.AddAsync(progress, null, cancellationToken);

    /// <summary>Adds a line to the task's log, stored as <see cref="ReportAsync"/> stores.</summary>
    /// <param name="text">The line; longer than 8,000 characters is cut.</param>
    /// <param name="level">How much it matters.</param>
    /// <param name="cancellationToken">Gives up; the line is stored later.</param>
    /// <returns><see cref="LeaseStatus.Lost"/> when the task belongs to somebody else now: stop working on it.</returns>
    public ValueTask<LeaseStatus> LogAsync(string text, TaskLogLevel level = TaskLogLevel.Information, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Journal.AddAsync(null, new TaskLogLine { Text = text, Level = level, LeaseId = FencingToken }, cancellationToken);
    }

    /// <summary>Stores now what was reported and logged.</summary>
    /// <param name="cancellationToken">Gives up; it is stored later.</param>
    /// <returns><see cref="LeaseStatus.Lost"/> when the task belongs to somebody else now: stop working on it.</returns>
    /// <exception cref="StorageException">It could not be stored; it is kept for later.</exception>
    public ValueTask<LeaseStatus> FlushAsync(CancellationToken cancellationToken = default) =>
        Volatile.Read(ref _journal)?.FlushAsync(cancellationToken) ?? ValueTask.FromResult(LeaseStatus.Held);

    /// <summary>How the tasks ended that this task of a plan depends on.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Their ends, in the order of their ids; empty when it depends on none.</returns>
    public ValueTask<ValueList<DependencyResult>> GetDependencyResultsAsync(CancellationToken cancellationToken = default) =>
        _leases.GetDependenciesAsync(Task.Id, cancellationToken);

    /// <summary>
    /// Completes the task in a transaction that the host began on the queue's database. When it was committed, return <see cref="TaskHandlerResult.AlreadyCompleted"/>.
    /// </summary>
    /// <param name="result">What it gave, as JSON; <see langword="null"/> for nothing.</param>
    /// <param name="transaction">The host's transaction.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns><see cref="LeaseStatus.Lost"/> when the task belongs to somebody else now: roll the transaction back.</returns>
    /// <exception cref="InvalidOperationException">The database cannot take part in transactions of the host.</exception>
    public ValueTask<LeaseStatus> CompleteAsync(string? result, DbTransaction transaction, CancellationToken cancellationToken = default)
    {
        var transactions = Transactions ?? throw new InvalidOperationException("This queue's database cannot take part in transactions of the host.");
        return transactions.CompleteAsync(Lease.Token, result, transaction, cancellationToken);
    }

    internal void Stop(TaskStopReason reason)
    {
        int current;
        do
        {
            current = Volatile.Read(ref _stopReason);
        }
        while ((int)reason > current && Interlocked.CompareExchange(ref _stopReason, (int)reason, current) != current);
    }

    private TaskJournal Journal
    {
        get
        {
            var journal = Volatile.Read(ref _journal);
            if (journal is null)
            {
                var made = new TaskJournal(Lease.Token, _leases, _time, Logger);
                journal = Interlocked.CompareExchange(ref _journal, made, null) ?? made;
            }

            return journal;
        }
    }
}
