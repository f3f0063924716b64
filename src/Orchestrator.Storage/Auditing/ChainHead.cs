using Orchestrator.Storage.Sqlite.Auditing;

namespace Orchestrator.Storage.Auditing;

/// <summary>The head of the log: how many entries there are, and the hash of the last.</summary>
internal sealed record ChainHead(long Entries, string Hash)
{
    /// <summary>That of a log without entries.</summary>
    public static readonly ChainHead Empty = new(0, OperationRow.NoHash);
}
