using Orchestrator.Providers;

namespace Orchestrator.Executions;

/// <summary>What a provider was configured as, so that an attempt can be explained after its configuration changed.</summary>
public sealed record ProviderConfiguration
{
    /// <summary>The provider, with the overrides of its host. Holds names of secrets, never secrets.</summary>
    public required ProviderDescriptor Descriptor { get; init => field = Require.NotNull(value); }

    /// <summary>When it was used like this; in a list, for the first time.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who used it.</summary>
    public string WorkerName { get; init => field = Require.Text(value ?? "local", 200); } = "local";

    /// <summary>In which container.</summary>
    public string ContainerName { get; init => field = Require.Text(value ?? "local", 200); } = "local";
}
