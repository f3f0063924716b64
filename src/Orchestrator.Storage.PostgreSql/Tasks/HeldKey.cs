using Npgsql;

namespace Orchestrator.Storage.PostgreSql.Tasks;

/// <summary>A deduplication key as it is locked.</summary>
/// <param name="TaskId">Who holds it; empty for nobody.</param>
/// <param name="States">The states in which the holder keeps others out, with a comma before and after each.</param>
/// <param name="ExpiresAt">Until when it keeps them out in any state.</param>
/// <param name="IsNew">Whether the holder took it just now.</param>
internal sealed record HeldKey(string TaskId, string States, long? ExpiresAt, bool IsNew = false)
{
    /// <summary>Whether the holder keeps others out.</summary>
    public bool IsClosed(string? state, long now) =>
        TaskId.Length > 0 && (ExpiresAt > now || (state is not null && States.Contains($",{state},", StringComparison.Ordinal)));
}

/// <summary>A task that is in the tables, or just came into them.</summary>
internal sealed record KnownTask(string Id, long Seq, string State)
{
    /// <summary>Whether it neither runs nor has ended.</summary>
    public bool Waits => State is "scheduled" or "available" or "retryable" or "blocked";

    public static KnownTask Read(NpgsqlDataReader row) => new(row.GetString(0), row.GetInt64(1), row.GetString(2));
}
