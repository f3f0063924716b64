namespace Orchestrator.Containers.Health;

/// <summary>A probe's command that was told to end, and may still run: until it does not, no other one of the probe is begun in that instance.</summary>
/// <param name="EngineId">The engine's id of the instance.</param>
/// <param name="Ending">Ends once the command ended, with null, or could not be killed.</param>
/// <param name="Since">The clock's timestamp when it was told to end.</param>
internal sealed record ProbeRemains(string? EngineId, Task<LeftCommand?> Ending, long Since)
{
    /// <summary>How long ending it may take before it counts as one that cannot be ended: longer than an engine takes to find that out, or is away for a moment.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>What may remain of a probe's command; null when nothing does.</summary>
    public static ProbeRemains? Of(string? engineId, Task asking, long now) =>
        !asking.IsCompleted || Left(asking) is not null ? new ProbeRemains(engineId, EndAsync(asking), now) : null;

    private static async Task<LeftCommand?> EndAsync(Task asking)
    {
        await asking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return Left(asking);
    }

    private static LeftCommand? Left(Task ended) => (ended.Exception?.InnerException as CommandLeftException)?.Command;
}
