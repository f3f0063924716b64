namespace Orchestrator.Containers.Scaling;

/// <summary>What decided how many instances a pool shall have.</summary>
internal enum ScalingReason
{
    /// <summary>The load asks for as many as there are, within the tolerance.</summary>
    Steady = 0,

    /// <summary>The load.</summary>
    Load,

    /// <summary>It grows, as far as one step goes.</summary>
    StepLimit,

    /// <summary>It would shrink, but the load was higher not long ago.</summary>
    Stabilising,

    /// <summary>It would go down to none, but had work not long ago.</summary>
    Idle,

    /// <summary>It would shrink, but more instances serve leases.</summary>
    Leases,

    /// <summary>The pool's minimum.</summary>
    Minimum,

    /// <summary>The minimum of this time of the day.</summary>
    Schedule,

    /// <summary>The pool's maximum.</summary>
    Maximum,

    /// <summary>It would grow, but too many starts failed.</summary>
    Cooldown,

    /// <summary>It would grow, but today's budget is used up.</summary>
    Budget,

    /// <summary>A call.</summary>
    Manual,
}
