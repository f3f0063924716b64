using Orchestrator.Patching;
using Orchestrator.Tasks;

namespace Orchestrator.Hosting;

/// <summary>A place for results: the caller's tree, a branch, a file. One implementation for each <see cref="TaskOutput"/>.</summary>
internal interface IResultTarget
{
    /// <summary>The output that it serves.</summary>
    bool Serves(TaskOutput output);

    /// <summary>Delivers and verifies; on failure everything is as it was. Called again after a crash with the checkpoint that was written last.</summary>
    ValueTask DeliverAsync(AgentTaskRun run, AgentTaskCheckpoint checkpoint, PatchSet patch, CancellationToken cancellationToken);
}
