using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Queue.Plans;

/// <summary>How the tasks that a task depends on must end for it to run. When that cannot come true any more, it is cancelled at once with the failure <c>dependency_unmet</c>.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<PlanCondition>))]
public enum PlanCondition
{
    /// <summary>A condition that this version does not know, or none: taken for <see cref="AllSucceeded"/>, the strictest.</summary>
    Unknown = 0,

    /// <summary>All are completed.</summary>
    AllSucceeded,

    /// <summary>At least one is completed; does not wait for the others.</summary>
    AnySucceeded,

    /// <summary>At least one was discarded or cancelled; does not wait for the others.</summary>
    AnyFailed,

    /// <summary>All have ended, however.</summary>
    AllFinished,
}
