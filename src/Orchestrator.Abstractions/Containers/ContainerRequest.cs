namespace Orchestrator.Containers;

/// <summary>A wish for a slot of a container.</summary>
public sealed record ContainerRequest
{
    /// <summary>The pool.</summary>
    public required string Pool { get; init => field = Require.Name(value); }

    /// <summary>What it is for; in logs and the cost account.</summary>
    public string? TaskId { get; init => field = Require.OptionalName(value); }

    /// <summary>Requests with the same key go to the same instance while it lives; <see langword="null"/> for any.</summary>
    public string? AffinityKey { get; init; }

    /// <summary>How long to wait for a slot.</summary>
    /// <value>1 minute by default.</value>
    public TimeSpan Timeout { get; init => field = Require.AtLeast(value, TimeSpan.Zero); } = TimeSpan.FromMinutes(1);

    /// <summary>How long the lease holds without a renewal.</summary>
    /// <value>1 minute by default.</value>
    public TimeSpan Duration { get; init => field = Require.AtLeast(value, TimeSpan.FromSeconds(1)); } = TimeSpan.FromMinutes(1);
}
