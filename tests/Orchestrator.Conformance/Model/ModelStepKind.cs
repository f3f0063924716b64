namespace Orchestrator.Conformance.Model;

/// <summary>What producers, workers, operators, clocks and accidents do.</summary>
internal enum ModelStepKind
{
    Add,
    AddPlan,
    Lease,
    LeaseTogether,
    End,
    EndTogether,
    Renew,
    Write,
    Reclaim,
    ReclaimExpired,
    DiscardOverdue,
    Cancel,
    Retry,
    Reprioritize,
    Delete,
    Pause,
    SetQueue,
    SetGroup,
    RequestRelease,
    CancelPlan,
    Decide,
    Wait,
    Restart,
    GiveUp,
    Inspect,
}
