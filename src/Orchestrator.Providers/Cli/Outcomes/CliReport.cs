namespace Orchestrator.Providers.Cli.Outcomes;

/// <summary>What a parser gathered from the output of one run; the classifier makes the outcome of it.</summary>
internal sealed record CliReport
{
    /// <summary>Whether the CLI said that its run is over. Without it an exit code of 0 means nothing.</summary>
    public bool HasEnded { get; init; }

    /// <summary>Whether it said that its run went well.</summary>
    public bool HasSucceeded { get; init; }

    /// <summary>Whether it said that it was interrupted.</summary>
    public bool WasAborted { get; init; }

    /// <summary>The class, where the CLI names it in a way that leaves no doubt; otherwise the words and the status decide.</summary>
    public FailureClass? Class { get; init; }

    /// <summary>What it said went wrong; <see langword="null"/> when it said nothing.</summary>
    public string? Error { get; init; }

    /// <summary>The status that the model's server answered with, when the CLI tells it.</summary>
    public int? Status { get; init; }

    /// <summary>How long the server asked to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>How many tools the agent was refused.</summary>
    public int RefusedTools { get; init; }

    /// <summary>The agent's last words.</summary>
    public string Summary { get; init; } = "";

    /// <summary>Tokens of this run alone.</summary>
    public TokenUsage Usage { get; init; } = new();

    /// <summary>What the CLI says that it cost, or the price table; <see langword="null"/> when nobody knows.</summary>
    public decimal? CostUsd { get; init; }

    /// <summary>The session, to continue it later.</summary>
    public string? SessionId { get; init; }
}
