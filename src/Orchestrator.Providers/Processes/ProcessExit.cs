namespace Orchestrator.Providers.Processes;

/// <summary>How a process ended.</summary>
public sealed record ProcessExit
{
    /// <summary>Why.</summary>
    public required ProcessEnd End { get; init; }

    /// <summary>Its exit code; 128 plus the signal's number when a signal ended it.</summary>
    public required int ExitCode { get; init; }

    /// <summary>From its start to its end.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The last lines of standard error, at most 8 KiB of characters. Not redacted, but a runner with a redactor cuts no secret in two: redact the whole.</summary>
    public required string ErrorTail { get; init; }

    /// <summary>How many processes that it had started still ran when it ended, and were killed.</summary>
    public int SurvivorsKilled { get; init; }
}
