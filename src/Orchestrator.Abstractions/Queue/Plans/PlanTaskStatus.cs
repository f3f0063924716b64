using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Queue.Plans;

/// <summary>A task of a plan as it stands.</summary>
public sealed record PlanTaskStatus
{
    /// <summary>The task.</summary>
    public required string TaskId { get; init => field = Require.Name(value); }

    /// <summary>The name of its payload's type.</summary>
    public required string Type { get; init => field = Require.Name(value); }

    /// <summary>Where it stands.</summary>
    public required QueuedTaskState State { get; init; }

    /// <summary>The tasks that must end before it.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<string>))]
    public ValueList<string> DependsOn { get; init => field = value ?? []; } = [];

    /// <summary>How they must end.</summary>
    public PlanCondition Condition { get; init => field = value == PlanCondition.Unknown ? PlanCondition.AllSucceeded : value; } = PlanCondition.AllSucceeded;

    /// <summary>Whether a person decides it.</summary>
    public bool IsGate { get; init; }

    /// <summary>Whether it is a gate whose turn has come: somebody must decide.</summary>
    public bool IsOpen { get; init; }

    /// <summary>Why it failed or was cancelled.</summary>
    public TaskFailure? Failure { get; init; }
}
