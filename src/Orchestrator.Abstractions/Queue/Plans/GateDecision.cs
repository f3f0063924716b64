namespace Orchestrator.Queue.Plans;

/// <summary>A person's word on a gate. Stored as the gate's result.</summary>
public sealed record GateDecision
{
    /// <summary>Whether the gate is completed; else it is discarded with the failure <c>gate_rejected</c>.</summary>
    public required bool IsApproved { get; init; }

    /// <summary>Who decided.</summary>
    public required string By { get; init => field = Require.Text(value, 200); }

    /// <summary>Why.</summary>
    public string? Comment { get; init => field = Require.OptionalText(value, 4000); }
}
