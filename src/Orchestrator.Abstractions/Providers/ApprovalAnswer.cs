namespace Orchestrator.Providers;

/// <summary>A person's or policy's answer to an agent that asked.</summary>
/// <param name="Approved">Whether the agent may go on.</param>
/// <param name="Message">Words for the agent: changes to the plan, a reason for the refusal.</param>
public readonly record struct ApprovalAnswer(bool Approved, string? Message = null);
