namespace Orchestrator.Containers.Reconciling;

/// <summary>How long to leave the engine alone about something after calls of it failed: short, because an engine that is back shall be used at once.</summary>
internal static class EngineBackoff
{
    private const int MaxDoublings = 5;

    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    /// <summary>The delay after so many failures in a row, from 1, with up to a quarter more.</summary>
    public static TimeSpan After(int failures, Random random)
    {
        var delay = First * (1 << Math.Clamp(failures - 1, 0, MaxDoublings));
        return (delay < Longest ? delay : Longest) * (1 + (0.25 * random.NextDouble()));
    }
}
