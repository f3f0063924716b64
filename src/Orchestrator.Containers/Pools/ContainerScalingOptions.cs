namespace Orchestrator.Containers.Pools;

/// <summary>How fast a pool grows and shrinks. It wants <c>⌈(leases + waiting × WaitingWeight) ÷ TargetLoad⌉</c> instances.</summary>
public sealed class ContainerScalingOptions
{
    /// <summary>The share by which the load may differ from the target before the number of instances changes; from 0 to 0.5. Callers that wait are never within it.</summary>
    /// <value>0.1 by default.</value>
    public double Tolerance { get; set; } = 0.1;

    /// <summary>What a waiting caller weighs beside a lease; from 0 to 100.</summary>
    /// <value>1 by default.</value>
    public double WaitingWeight { get; set; } = 1;

    /// <summary>Instances that may be added within one <see cref="StepInterval"/>, or as many as there are when that is more; from 1 to 1,000.</summary>
    /// <value>4 by default.</value>
    public int StepLimit { get; set; } = 4;

    /// <summary>How long one step up lasts; from zero, with which every look at the pool may be a step, to 10 minutes.</summary>
    /// <value>15 seconds by default.</value>
    public TimeSpan StepInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the load must have been low before the pool shrinks: it follows the highest number wanted within this time. From zero to 1 hour.</summary>
    /// <value>5 minutes by default.</value>
    public TimeSpan Stabilisation { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Starts that fail in a row before the pool stops growing for <see cref="Cooldown"/>; from 1 to 1,000.</summary>
    /// <value>3 by default.</value>
    public int FailedStarts { get; set; } = 3;

    /// <summary>How long the pool does not grow after too many starts failed; from zero to 1 hour.</summary>
    /// <value>1 minute by default.</value>
    public TimeSpan Cooldown { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a number set by call (<see cref="IContainerBalancer.ScaleAsync"/>) holds before the load decides again; from zero to 30 days. A new call begins it anew.</summary>
    /// <value>1 hour by default; <see langword="null"/> until the orchestrator ends.</value>
    public TimeSpan? ManualHold { get; set; } = TimeSpan.FromHours(1);
}
