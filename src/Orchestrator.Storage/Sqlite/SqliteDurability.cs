namespace Orchestrator.Storage.Sqlite;

/// <summary>What a power failure or a crash of the operating system may cost. A crash of the process never costs anything that was committed.</summary>
public enum SqliteDurability
{
    /// <summary>
    /// Nothing: an answered call is on the disk, as far as the disk tells the truth. Every commit waits for the disk once (<c>synchronous=FULL</c>); callers
    /// that wait at the same time share one commit.
    /// </summary>
    Full = 0,

    /// <summary>
    /// The last commits, up to those since the last checkpoint (some 16 MiB of changes); never the database's consistency: what is lost is lost from the end,
    /// whole transactions at a time. The disk is waited for at checkpoints only (<c>synchronous=NORMAL</c>). Faster for a caller who is alone or on a slow disk.
    /// </summary>
    Normal,
}
