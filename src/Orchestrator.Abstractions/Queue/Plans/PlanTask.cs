using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Queue.Plans;

/// <summary>One task of a plan.</summary>
public sealed record PlanTask
{
    /// <summary>The task. A gate, too, is one: its type and payload tell people what they decide.</summary>
    public required TaskSubmission Task { get; init => field = Require.NotNull(value); }

    /// <summary>The ids of the tasks of this plan that must end first; empty for none.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<string>))]
    public ValueList<string> DependsOn { get; init => field = value ?? []; } = [];

    /// <summary>How they must end for this one to run.</summary>
    /// <value><see cref="PlanCondition.AllSucceeded"/> by default.</value>
    public PlanCondition Condition { get; init => field = value == PlanCondition.Unknown ? PlanCondition.AllSucceeded : value; } = PlanCondition.AllSucceeded;

    /// <summary>Whether no worker runs it: it waits until a person approves or rejects it, see <see cref="ITaskPlans.DecideAsync"/>.</summary>
    public bool IsGate { get; init; }
}
