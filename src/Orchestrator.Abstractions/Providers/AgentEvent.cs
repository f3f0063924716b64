using System.Text.Json.Serialization;

namespace Orchestrator.Providers;

/// <summary>Something that happened while an agent worked. This base type itself stands for a kind of event that this version does not know.</summary>
/// <remarks>Unsealed: only this assembly adds kinds. Text in events comes from an untrusted agent and is already redacted of known secrets.</remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind", IgnoreUnrecognizedTypeDiscriminators = true)]
[JsonDerivedType(typeof(AgentStarted), "started")]
[JsonDerivedType(typeof(AgentMessage), "message")]
[JsonDerivedType(typeof(AgentToolCall), "tool_call")]
[JsonDerivedType(typeof(AgentPlanProposed), "plan_proposed")]
[JsonDerivedType(typeof(AgentApprovalRequested), "approval_requested")]
[JsonDerivedType(typeof(AgentUsageReported), "usage")]
[JsonDerivedType(typeof(AgentProgress), "progress")]
[JsonDerivedType(typeof(AgentCompleted), "completed")]
[JsonDerivedType(typeof(AgentFailed), "failed")]
public record AgentEvent
{
    [JsonConstructor]
    internal AgentEvent()
    {
    }

    /// <summary>When the orchestrator saw it.</summary>
    public DateTimeOffset At { get; init; }
}
