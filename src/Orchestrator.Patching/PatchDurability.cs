namespace Orchestrator.Patching;

/// <summary>What an application of a patch survives.</summary>
public enum PatchDurability
{
    /// <summary>Loss of power: the journal is on the disk before the first file changes, and the files are on the disk before the application counts as done. The default.</summary>
    Full = 0,

    /// <summary>The end of the process at any instruction, but not loss of power. Faster, as nothing waits for the disk.</summary>
    Process,
}
