namespace Orchestrator.Containers;

/// <summary>A change of an instance's state.</summary>
public sealed record ContainerTransition
{
    /// <summary>The pool.</summary>
    public required string Pool { get; init => field = Require.Name(value); }

    /// <summary>The instance's name.</summary>
    public required string ContainerName { get; init => field = Require.Name(value); }

    /// <summary>The worker whose balancer keeps the pool.</summary>
    public required string WorkerName { get; init => field = Require.Text(value, 200); }

    /// <summary>The engine's id of the instance; <see langword="null"/> while it has none.</summary>
    public string? EngineId { get; init; }

    /// <summary>The state before; <see cref="InstanceState.Unknown"/> for an instance that is new to the balancer.</summary>
    public InstanceState From { get; init; }

    /// <summary>The state after.</summary>
    public required InstanceState To { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init => field = Require.Text(value); }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }
}
