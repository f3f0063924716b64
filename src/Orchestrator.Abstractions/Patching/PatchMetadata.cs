namespace Orchestrator.Patching;

/// <summary>Who made a patch set. Never relaxes a check.</summary>
public sealed record PatchMetadata
{
    /// <summary>The provider.</summary>
    public string? Provider { get; init => field = Require.OptionalName(value); }

    /// <summary>The model.</summary>
    public string? Model { get; init; }

    /// <summary>How sure the provider says it is, from 0 to 1.</summary>
    public double? Confidence { get; init => field = value is { } some ? Require.InRange(some, 0, 1) : null; }
}
