namespace Orchestrator.Hosting;

/// <summary>What the verify command said.</summary>
public sealed record VerificationReport
{
    /// <summary>The command.</summary>
    public required string Command { get; init; }

    /// <summary>Whether it said yes: exit code 0 in time.</summary>
    public required bool Passed { get; init; }

    /// <summary>Its exit code; <see langword="null"/> when it was stopped, or never started.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Whether it could not be started, as where there is no such program; <see cref="Output"/> says why.</summary>
    public bool CouldNotStart { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The end of what it printed, redacted.</summary>
    public string Output { get; init; } = "";
}
