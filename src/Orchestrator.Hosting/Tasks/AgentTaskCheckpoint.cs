using System.Text.Json.Serialization;
using Orchestrator.Json;
using Orchestrator.Queue;

namespace Orchestrator.Hosting;

/// <summary>How far a task has come, written down before each step that a crash must not repeat or forget.</summary>
internal sealed record AgentTaskCheckpoint
{
    /// <summary>The last step that is known to be done or begun.</summary>
    public required AgentTaskPhase Phase { get; init; }

    /// <summary>The attempt whose result is being delivered.</summary>
    public string? ExecutionId { get; init; }

    /// <summary>The file with the collected patch.</summary>
    public string? PatchFile { get; init; }

    /// <summary>The id of the latest application of the patch to the caller's tree.</summary>
    public string? ApplicationId { get; init; }

    /// <summary>The report so far.</summary>
    public required AgentTaskReport Report { get; init; }

    /// <summary>Reads the checkpoint of a task; <see langword="null"/> when there is none.</summary>
    /// <exception cref="System.Text.Json.JsonException">Another version wrote it.</exception>
    public static AgentTaskCheckpoint? Of(QueuedTask task) =>
        task.Checkpoint is { } json ? OrchestratorJson.Read(json, CheckpointJsonContext.Default.AgentTaskCheckpoint) : null;
}

/// <summary>The phases that a restart tells apart.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<AgentTaskPhase>))]
internal enum AgentTaskPhase
{
    /// <summary>Nothing that must be kept.</summary>
    Unknown = 0,

    /// <summary>The patch is collected and kept in a file: the agent need not be paid again.</summary>
    Collected,

    /// <summary>The patch may be in the tree, whole or in part; the journal knows.</summary>
    Applying,

    /// <summary>The patch is in the tree and the verify command may have run.</summary>
    Verifying,

    /// <summary>Verification failed; the patch is being taken back.</summary>
    Restoring,

    /// <summary>All is done but the last word to the queue.</summary>
    Settled,
}
