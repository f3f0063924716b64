namespace Orchestrator.Storage;

/// <summary>How large a database is.</summary>
public sealed record StorageSizes
{
    /// <summary>The size of the database, in bytes, without its log.</summary>
    public required long DatabaseBytes { get; init; }

    /// <summary>The size of the write-ahead log that belongs to this database alone, in bytes; 0 where it is not kept apart.</summary>
    public required long LogBytes { get; init; }

    /// <summary>What of <see cref="DatabaseBytes"/> is free for new rows, in bytes; 0 where that is not known.</summary>
    public required long FreeBytes { get; init; }

    /// <summary>The tables, by name.</summary>
    public required ValueList<TableSize> Tables { get; init; }
}
