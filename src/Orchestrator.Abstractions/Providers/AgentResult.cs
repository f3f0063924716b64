using Orchestrator.Patching;

namespace Orchestrator.Providers;

/// <summary>What came of an execution that worked.</summary>
public sealed record AgentResult
{
    /// <summary>
    /// The changes, from a provider that works elsewhere. <see langword="null"/> from a provider that changed its workspace: the host then takes the changes
    /// with <c>git diff</c> against the base, because agents' own reports of their changes are not complete.
    /// </summary>
    public PatchSet? Patch { get; init; }

    /// <summary>The agent's last words. Untrusted, redacted.</summary>
    public string Summary { get; init => field = value ?? ""; } = "";

    /// <summary>Tokens used.</summary>
    public TokenUsage Usage { get; init => field = value ?? new(); } = new();

    /// <summary>Cost in US dollars; <see langword="null"/> when neither the agent nor a price table says.</summary>
    public decimal? CostUsd { get; init => field = Require.OptionalAtLeast(value, 0m); }

    /// <summary>The session, to continue it later.</summary>
    public string? SessionId { get; init; }

    /// <summary>How many times the agent was refused a tool. With no changes at all, that is why.</summary>
    /// <value>0 by default; not negative.</value>
    public int RefusedTools { get; init => field = Require.AtLeast(value, 0); }

    /// <summary>Where people can look at it: a pull request, a session page.</summary>
    public string? Url { get; init; }
}
