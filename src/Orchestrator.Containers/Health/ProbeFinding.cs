namespace Orchestrator.Containers.Health;

/// <summary>What one probe found.</summary>
/// <param name="Passed">Whether it passed.</param>
/// <param name="Message">What was found, such as a status code; never what the instance printed.</param>
/// <param name="Duration">How long it took.</param>
internal readonly record struct ProbeFinding(bool Passed, string Message, TimeSpan Duration)
{
    /// <summary>A command of the probe that may still run; null when none does.</summary>
    public ProbeRemains? Remains { get; init; }

    /// <summary>Whether nothing was asked, as an earlier command of the probe runs and cannot be ended, or its end is not told.</summary>
    public bool IsBlocked { get; init; }
}
