using Orchestrator.Routing.Decisions;

namespace Orchestrator.Routing;

/// <summary>Keeps the newest decisions in memory: the default when the host has no lasting log.</summary>
/// <remarks>Thread-safe. Decisions past the capacity push the oldest out, with their outcomes; configurations that no kept decision was made with go with them.</remarks>
public sealed class InMemoryRoutingDecisionLog : IRoutingDecisionLog, IVolatileStore
{
    /// <summary>The capacity without another word.</summary>
    public const int DefaultCapacity = 10_000;

    // Guards everything below; held for lookups and copies only.
    private readonly Lock _guard = new();
    private readonly Dictionary<Guid, Entry> _entries = [];
    private readonly Dictionary<string, SnapshotEntry> _snapshots = new(StringComparer.Ordinal);
    private readonly LinkedList<RoutingRecord> _order = [];
    private readonly int _capacity;

    /// <summary>Creates an empty log.</summary>
    /// <param name="capacity">How many decisions it keeps, from 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is below 1.</exception>
    public InMemoryRoutingDecisionLog(int capacity = DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _capacity = capacity;
    }

    /// <inheritdoc/>
    public ValueTask AppendAsync(ValueList<RoutingRecord> records, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(records);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_guard)
        {
            foreach (var record in records)
            {
                if (_entries.TryAdd(record.Decision.Id, new Entry(record)))
                {
                    _order.AddLast(record);
                    Use(record.SnapshotDigest, 1);
                }
            }

            while (_order.Count > _capacity)
            {
                var oldest = _order.First!.Value;
                _order.RemoveFirst();
                _entries.Remove(oldest.Decision.Id);
                Use(oldest.SnapshotDigest, -1);
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    /// <remarks>Outcomes of decisions that are not kept are dropped.</remarks>
    public ValueTask AppendOutcomesAsync(ValueList<RecordedOutcome> outcomes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(outcomes);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_guard)
        {
            foreach (var outcome in outcomes)
            {
                if (_entries.TryGetValue(outcome.Outcome.DecisionId, out var entry))
                {
                    entry.Outcomes.Add(outcome);
                }
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask SaveSnapshotAsync(RoutingSnapshotRecord snapshot, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_guard)
        {
            if (_snapshots.TryGetValue(snapshot.Digest, out var entry))
            {
                entry.Record ??= snapshot;
            }
            else
            {
                _snapshots.Add(snapshot.Digest, new SnapshotEntry { Record = snapshot });
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<RoutingRecord?> FindAsync(Guid decisionId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_guard)
        {
            return ValueTask.FromResult(_entries.GetValueOrDefault(decisionId)?.Record);
        }
    }

    /// <inheritdoc/>
    public ValueTask<RoutingSnapshotRecord?> FindSnapshotAsync(string digest, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(digest);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_guard)
        {
            return ValueTask.FromResult(_snapshots.GetValueOrDefault(digest)?.Record);
        }
    }

    /// <inheritdoc/>
    public ValueTask<ValueList<RoutingRecord>> ListAsync(RoutingRecordQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_guard)
        {
            return ValueTask.FromResult<ValueList<RoutingRecord>>(
            [
                .. _order
                    .Where(record => query.TaskId is null || string.Equals(record.Task.Id, query.TaskId, StringComparison.Ordinal))
                    .Where(record => query.Provider is null || string.Equals(record.Decision.Provider, query.Provider, StringComparison.OrdinalIgnoreCase))
                    .OrderByDescending(record => record.At).ThenByDescending(record => record.Decision.Id)
                    .Take(query.Limit),
            ]);
        }
    }

    /// <inheritdoc/>
    public ValueTask<ValueList<RecordedOutcome>> ListOutcomesAsync(Guid decisionId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_guard)
        {
            return ValueTask.FromResult<ValueList<RecordedOutcome>>(
                _entries.TryGetValue(decisionId, out var entry) ? [.. entry.Outcomes.OrderBy(outcome => outcome.At)] : []);
        }
    }

    private void Use(string digest, int change)
    {
        if (!_snapshots.TryGetValue(digest, out var entry))
        {
            _snapshots.Add(digest, entry = new SnapshotEntry());
        }

        entry.Users += change;
        if (entry.Users == 0)
        {
            _snapshots.Remove(digest);
        }
    }

    private sealed class Entry(RoutingRecord record)
    {
        public RoutingRecord Record { get; } = record;

        public List<RecordedOutcome> Outcomes { get; } = [];
    }

    private sealed class SnapshotEntry
    {
        public RoutingSnapshotRecord? Record { get; set; }

        public int Users { get; set; }
    }
}
