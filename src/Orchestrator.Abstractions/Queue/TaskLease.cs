using System.Text.Json.Serialization;

namespace Orchestrator.Queue;

/// <summary>A task that a worker may work on, and until when.</summary>
public sealed record TaskLease
{
    /// <summary>The task, as it stood when it was leased; its <see cref="QueuedTask.Checkpoint"/> is what the attempt before left.</summary>
    public required QueuedTask Task { get; init => field = Require.NotNull(value); }

    /// <summary>When the lease ends unless it is renewed, by the database's clock.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The right itself, for every later call.</summary>
    [JsonIgnore]
    public LeaseToken Token => new(Task.Id, Task.LeaseId);
}
