namespace Orchestrator.Storage.Sqlite;

/// <summary>What a power failure may cost. A crash of the process never costs anything that was committed.</summary>
public enum SqliteDurability
{
    /// <summary>Nothing that was committed: every commit waits for the disk.</summary>
    Full = 0,

    /// <summary>The last commits, never the database's consistency: the disk is waited for at checkpoints only. Faster.</summary>
    Normal,
}
