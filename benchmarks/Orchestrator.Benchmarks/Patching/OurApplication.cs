using Orchestrator.Patching;

namespace Orchestrator.Benchmarks.Patching;

/// <summary>Applies patches to disk as a user does: parse, plan and apply, with the journal.</summary>
/// <param name="diff">The patch.</param>
/// <param name="durability">What an application survives.</param>
internal sealed class OurApplication(byte[] diff, PatchDurability durability)
{
    private readonly PatchManager _manager = new(new PatchOptions { Durability = durability });

    public async ValueTask<long> RunAsync(string root) =>
        (await _manager.ApplyAsync(Request(root), CancellationToken.None)).Outcome == PatchOutcome.Applied ? 1 : 0;

    /// <summary>Writes nothing, and makes the diff of what would be written.</summary>
    public async ValueTask<long> PlanAsync(string root) =>
        (await _manager.PlanAsync(Request(root), CancellationToken.None)).Outcome == PatchOutcome.Applied ? 1 : 0;

    private PatchRequest Request(string root) => new() { Id = "application-1", Root = root, Patch = _manager.Parse(diff, "task-1").Patch! };
}
