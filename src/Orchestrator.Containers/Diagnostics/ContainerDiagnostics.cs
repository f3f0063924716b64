namespace Orchestrator.Containers.Diagnostics;

/// <summary>The names under which pools of containers are observed.</summary>
public static class ContainerDiagnostics
{
    /// <summary>The meter.</summary>
    public const string MeterName = "Orchestrator.Containers";

    /// <summary>The source of activities.</summary>
    public const string ActivitySourceName = "Orchestrator.Containers";

    /// <summary>How many instances a pool has in which state, in <c>{instance}</c>. Tags: <see cref="PoolTag"/>, <see cref="StateTag"/>.</summary>
    public const string Instances = "orchestrator.containers.instances";

    /// <summary>How many leases an instance serves, in <c>{lease}</c>. Tags: <see cref="PoolTag"/>, <see cref="InstanceTag"/>.</summary>
    public const string Leases = "orchestrator.containers.leases";

    /// <summary>How many callers wait for a pool, in <c>{caller}</c>. Tag: <see cref="PoolTag"/>.</summary>
    public const string Waiting = "orchestrator.containers.waiting";

    /// <summary>Counts what came of asking for a lease, in <c>{request}</c>. Tags: <see cref="PoolTag"/>, <see cref="OutcomeTag"/>.</summary>
    public const string Acquisitions = "orchestrator.containers.acquisitions";

    /// <summary>Counts instances that were replaced after they ended, failed, or were asked to be, in <c>{restart}</c>. Tag: <see cref="PoolTag"/>.</summary>
    public const string Restarts = "orchestrator.containers.restarts";

    /// <summary>Counts calls of the engine that failed, in <c>{call}</c>. Tags: <see cref="PoolTag"/>, <see cref="CallTag"/>, <see cref="CodeTag"/>.</summary>
    public const string Failures = "orchestrator.containers.failures";

    /// <summary>How long it took from beginning to make or wake an instance until it took leases, in <c>s</c>. Tag: <see cref="PoolTag"/>.</summary>
    public const string StartTime = "orchestrator.containers.start.duration";

    /// <summary>How long callers waited that did not get a lease at once, in <c>s</c>. Tags: <see cref="PoolTag"/>, <see cref="OutcomeTag"/>.</summary>
    public const string WaitTime = "orchestrator.containers.wait.duration";

    /// <summary>The pool's name.</summary>
    public const string PoolTag = "orchestrator.pool.name";

    /// <summary>The instance's name; pools are small, and names of instances that are gone are not reported any more.</summary>
    public const string InstanceTag = "orchestrator.instance.name";

    /// <summary>The state of instances, in snake case.</summary>
    public const string StateTag = "orchestrator.instance.state";

    /// <summary>What a lease is for, on its span only: an id is no tag of a metric.</summary>
    public const string TaskIdTag = "orchestrator.task.id";

    /// <summary>What came of asking, in snake case; on the span of a lease how it ended: <c>released</c>, <c>expired</c>, <c>lost</c>.</summary>
    public const string OutcomeTag = "orchestrator.lease.outcome";

    /// <summary>What the engine was asked to do, in lower case.</summary>
    public const string CallTag = "orchestrator.engine.call";

    /// <summary>The code of a failure.</summary>
    public const string CodeTag = "error.type";
}
