namespace Orchestrator.Containers;

/// <summary>A value that a host tells of a pool.</summary>
public sealed record PoolStateEntry
{
    /// <summary>The key of the pool's <see cref="PoolStatus"/>, as JSON.</summary>
    public const string StatusKey = "status";

    /// <summary>The key of what a pool has cost and how its instances weigh, which its host reads at its start and keeps; for nobody else.</summary>
    public const string AccountKey = "account";

    /// <summary>The pool.</summary>
    public required string Pool { get; init => field = Require.Name(value); }

    /// <summary>
    /// The worker whose host tells it; <c>worker/owner</c> when the owner of the host's instances is not the default one, as several hosts may share a worker's name, but not an owner.
    /// </summary>
    public required string WorkerName { get; init => field = Require.Text(value, 400); }

    /// <summary>What it is.</summary>
    public required string Key { get; init => field = Require.Name(value); }

    /// <summary>The value, mostly JSON; <see langword="null"/> when the host has given it up, as one that stops does.</summary>
    public string? Value { get; init; }

    /// <summary>Counts up with every change, from 1.</summary>
    /// <value>0 by default: it is not there yet.</value>
    public long Version { get; init => field = Require.AtLeast(value, 0); }

    /// <summary>When it was told, by the host's clock. Values are told again while they stay the same, so an old one says that its host is away.</summary>
    public required DateTimeOffset At { get; init; }
}
