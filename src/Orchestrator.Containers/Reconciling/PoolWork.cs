using Orchestrator.Containers.Health;

namespace Orchestrator.Containers.Reconciling;

/// <summary>What one step of a pool wants done beside it. Empty after a step with nothing to do.</summary>
internal sealed class PoolWork
{
    public List<(ManagedInstance Instance, InstanceAction Action)> Actions { get; } = [];

    public List<(ManagedInstance Instance, ProbeTrack Track)> Probes { get; } = [];

    /// <summary>What carries the pool's labels and is not its own any more: the engine's id, and its name unless the pool has another of that name.</summary>
    public List<(string EngineId, string? Name)> Orphans { get; } = [];

    /// <summary>Names of instances that are gone for good, whoever removed them: nothing of theirs shall stay.</summary>
    public List<string> Gone { get; } = [];

    /// <summary>Whether to ask for the full list; its answer has to carry <see cref="ListSequence"/>.</summary>
    public bool WantsList { get; set; }

    public long ListSequence { get; set; }

    /// <summary>Whether the stream of events did not tell what it should have, and has to begin anew.</summary>
    public bool WantsNewWatch { get; set; }

    public bool IsEmpty => Actions.Count == 0 && Probes.Count == 0 && Orphans.Count == 0 && Gone.Count == 0 && !WantsList && !WantsNewWatch;

    public void Clear()
    {
        Actions.Clear();
        Probes.Clear();
        Orphans.Clear();
        Gone.Clear();
        (WantsList, WantsNewWatch) = (false, false);
    }
}
