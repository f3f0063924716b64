using System.Text.Json.Serialization;
using Orchestrator.Json;
using Orchestrator.Providers;

namespace Orchestrator.Hosting;

/// <summary>Something that people who watch a task want to know.</summary>
public sealed record AgentTaskEvent
{
    /// <summary>The task.</summary>
    public required string TaskId { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The step of the main job that it belongs to.</summary>
    public required AgentTaskStep Step { get; init; }

    /// <summary>A sentence for people, redacted.</summary>
    public required string Message { get; init; }

    /// <summary>The agent's own event, within <see cref="AgentTaskStep.Executing"/>.</summary>
    public AgentEvent? Agent { get; init; }
}

/// <summary>The steps of the main job, in their order.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<AgentTaskStep>))]
public enum AgentTaskStep
{
    /// <summary>A step that this version does not know.</summary>
    Unknown = 0,

    /// <summary>In the queue.</summary>
    Enqueued,

    /// <summary>A worker has it.</summary>
    Leased,

    /// <summary>What an earlier process left is taken up again.</summary>
    Recovered,

    /// <summary>The router chose.</summary>
    Routed,

    /// <summary>The provider works.</summary>
    Executing,

    /// <summary>The changes are collected as a patch set.</summary>
    Collected,

    /// <summary>The patch set is being written to the tree, or to a branch or file.</summary>
    Applying,

    /// <summary>The result is delivered.</summary>
    Delivered,

    /// <summary>The verify command runs.</summary>
    Verifying,

    /// <summary>The verify command has answered.</summary>
    Verified,

    /// <summary>The tree was restored.</summary>
    Restored,

    /// <summary>A task was enqueued to repair this one.</summary>
    Remediation,

    /// <summary>The task has ended.</summary>
    Finished,
}
