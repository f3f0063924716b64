namespace Orchestrator.Storage.Sqlite.Tasks;

/// <summary>The task that holds a deduplication key.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Seq">Its place; <see langword="null"/> when it was deleted.</param>
/// <param name="State">Its state by name; <see langword="null"/> when it was deleted.</param>
internal sealed record KeyHolder(string TaskId, long? Seq, string? State)
{
    /// <summary>Whether it neither runs nor has ended.</summary>
    public bool Waits => State is "scheduled" or "available" or "retryable" or "blocked";
}
