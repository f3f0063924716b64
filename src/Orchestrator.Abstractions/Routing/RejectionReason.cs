using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Routing;

/// <summary>Why a candidate cannot do a task.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<RejectionReason>))]
public enum RejectionReason
{
    /// <summary>It can: the candidate is eligible. Also a reason that this version does not know.</summary>
    None = 0,

    /// <summary>Switched off in the configuration.</summary>
    Disabled,

    /// <summary>A policy forbids it.</summary>
    Policy,

    /// <summary>The task names another provider.</summary>
    NotRequested,

    /// <summary>It lacks a capability.</summary>
    Capability,

    /// <summary>It cannot serve this kind of source.</summary>
    Source,

    /// <summary>It does not take this type of task.</summary>
    TaskType,

    /// <summary>The request is larger than its context window.</summary>
    ContextWindow,

    /// <summary>It costs more than the task may.</summary>
    PriceCeiling,

    /// <summary>A budget is used up.</summary>
    Budget,

    /// <summary>Its circuit breaker is open.</summary>
    BreakerOpen,

    /// <summary>Its circuit breaker is being probed.</summary>
    HalfOpenBusy,

    /// <summary>It asked us to wait.</summary>
    RateLimited,

    /// <summary>Its quota is used up.</summary>
    QuotaExhausted,

    /// <summary>It runs as many executions as it may.</summary>
    Saturated,

    /// <summary>It takes no new work.</summary>
    Draining,

    /// <summary>It was tried for this task already.</summary>
    AlreadyTried,

    /// <summary>The caller excluded it.</summary>
    Excluded,

    /// <summary>Its health check says that it cannot work.</summary>
    Unhealthy,

    /// <summary>A rule or an experiment of the configuration gave the task to others.</summary>
    Rule,
}
