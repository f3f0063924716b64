using System.Diagnostics.CodeAnalysis;

namespace Orchestrator.Containers.Pools;

/// <summary>Settings of one pool: what its instances are made of, how many there are, how leases are shared out, and what happens when one fails.</summary>
/// <remarks>No secrets belong here: they go to the process that needs them, when a command runs in a leased instance.</remarks>
public sealed class ContainerPoolOptions
{
    /// <summary>The image. Required; the process engine ignores it.</summary>
    public string Image { get; set; } = "";

    /// <summary>The program and its arguments, one element each.</summary>
    /// <value>Empty by default: the image's own. The process engine needs one.</value>
    [SuppressMessage("Usage", "CA2227:Collection properties should be read only", Justification = "Options are set by the host, also as a whole.")]
    public IList<string> Command { get; set; } = [];

    /// <summary>The TCP ports that the program listens on; from 1 to 65535, each once.</summary>
    /// <value>Empty by default.</value>
    [SuppressMessage("Usage", "CA2227:Collection properties should be read only", Justification = "Options are set by the host, also as a whole.")]
    public IList<int> Ports { get; set; } = [];

    /// <summary>Environment variables that are no secrets.</summary>
    /// <value>Empty by default.</value>
    [SuppressMessage("Usage", "CA2227:Collection properties should be read only", Justification = "Options are set by the host, also as a whole.")]
    public IDictionary<string, string> Environment { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Directories of the host that every instance sees; absolute paths.</summary>
    /// <value>Empty by default.</value>
    /// <remarks>
    /// A source whose last part is <c>{instance}</c> is a directory of each instance's own, by its name, also in the target: made empty before the instance, readable by its user alone, and removed
    /// with all that is in it when the instance goes. Such instances run as <see cref="User"/>, without one as 10001:10001 where this process is root and else as this process' own user.
    /// </remarks>
    [SuppressMessage("Usage", "CA2227:Collection properties should be read only", Justification = "Options are set by the host, also as a whole.")]
    public IList<ContainerMount> Mounts { get; set; } = [];

    /// <summary>Directories in memory that an instance may write.</summary>
    /// <value>Empty by default.</value>
    [SuppressMessage("Usage", "CA2227:Collection properties should be read only", Justification = "Options are set by the host, also as a whole.")]
    public IList<ContainerTmpfs> Tmpfs { get; set; } = [];

    /// <summary>Linux capabilities that instances keep; all others are dropped.</summary>
    /// <value>Empty by default.</value>
    [SuppressMessage("Usage", "CA2227:Collection properties should be read only", Justification = "Options are set by the host, also as a whole.")]
    public IList<string> Capabilities { get; set; } = [];

    /// <summary>Whether all but <see cref="Mounts"/> and <see cref="Tmpfs"/> may only be read.</summary>
    /// <value><see langword="true"/> by default.</value>
    public bool IsReadOnly { get; set; } = true;

    /// <summary>The user and group to run as, <c>uid:gid</c>.</summary>
    /// <value><see langword="null"/> by default: the image's own, or, with directories of each instance's own, as <see cref="Mounts"/> says.</value>
    /// <remarks>
    /// Many images name no user, and then their programs are root inside of the instance: without capabilities and without ways to new privileges, but the owner of all files of the image. Set it, for example
    /// to <c>10001:10001</c>, for images whose programs do not need that.
    /// </remarks>
    public string? User { get; set; }

    /// <summary>The directory to start in.</summary>
    /// <value><see langword="null"/> by default: the image's own.</value>
    public string? WorkingDirectory { get; set; }

    /// <summary>The network to join.</summary>
    /// <value><see langword="null"/> by default: none at all, and then no port can be reached.</value>
    public string? Network { get; set; }

    /// <summary>Bytes of memory an instance may use; at least 1.</summary>
    /// <value><see langword="null"/> by default: the engine's own limit.</value>
    public long? MemoryBytes { get; set; }

    /// <summary>Processor cores an instance may use; at least 0.01.</summary>
    /// <value><see langword="null"/> by default: the engine's own limit.</value>
    public double? Cpus { get; set; }

    /// <summary>Processes and threads an instance may have; at least 1.</summary>
    /// <value><see langword="null"/> by default: the engine's own limit.</value>
    public int? MaxProcesses { get; set; }

    /// <summary>Tells when a started instance is up. Until it passes, the other probes do not run; when it does not pass in <c>Interval × FailureThreshold</c>, the instance is started anew.</summary>
    /// <value><see langword="null"/> by default: up as soon as it runs.</value>
    public ContainerProbeOptions? Startup { get; set; }

    /// <summary>Tells whether an instance may be given leases.</summary>
    /// <value><see langword="null"/> by default: always.</value>
    public ContainerProbeOptions? Readiness { get; set; }

    /// <summary>Tells whether an instance still works; one that does not is started anew.</summary>
    /// <value><see langword="null"/> by default: as long as it runs.</value>
    public ContainerProbeOptions? Liveness { get; set; }

    /// <summary>What the outcomes of leases say about an instance's health.</summary>
    public ContainerPassiveHealthOptions Passive { get; set; } = new();

    /// <summary>Instances that there are at least; from 0 to <see cref="MaxInstances"/>. With 0 the pool goes down to none after <see cref="IdleTime"/>.</summary>
    /// <value>1 by default.</value>
    public int MinInstances { get; set; } = 1;

    /// <summary>Instances that there are at most; from 1 to 1,000.</summary>
    /// <value>8 by default.</value>
    public int MaxInstances { get; set; } = 8;

    /// <summary>Instances kept ready to be woken beside those in use, within <see cref="MaxInstances"/>; 0 or more.</summary>
    /// <value>0 by default.</value>
    public int WarmInstances { get; set; }

    /// <summary>How warm instances are kept.</summary>
    /// <value><see cref="ContainerWarmth.Paused"/> by default.</value>
    public ContainerWarmth Warmth { get; set; } = ContainerWarmth.Paused;

    /// <summary>How long a pool with <see cref="MinInstances"/> 0 is without work before it goes down to no instance, once <see cref="ContainerScalingOptions.Stabilisation"/> lets it; from zero to 1 day.</summary>
    /// <value>5 minutes by default.</value>
    public TimeSpan IdleTime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Leases that an instance shall serve on average: the pool grows above, and shrinks below; above 0 and at most <see cref="HardLimit"/>.</summary>
    /// <value><see langword="null"/> by default: <see cref="SoftLimit"/> where it is set, else <see cref="HardLimit"/>.</value>
    public double? TargetLoad { get; set; }

    /// <summary>Leases at one time from which an instance is passed over while another is below; from 1 to <see cref="HardLimit"/>.</summary>
    /// <value><see langword="null"/> by default: the same as <see cref="HardLimit"/>.</value>
    public int? SoftLimit { get; set; }

    /// <summary>Leases at one time that an instance never exceeds; from 1 to 10,000.</summary>
    /// <value>1 by default.</value>
    public int HardLimit { get; set; } = 1;

    /// <summary>How an instance is chosen: <c>power-of-two-choices</c>, <c>least-requests</c>, <c>round-robin</c>, <c>random</c>, <c>session-affinity</c>, or the name of an <see cref="Leasing.IInstanceSelectionPolicy"/> that the host registered.</summary>
    /// <value><c>power-of-two-choices</c> by default.</value>
    public string Policy { get; set; } = "power-of-two-choices";

    /// <summary>How long a new instance gets less than its share, growing from a tenth to the whole; from zero, which turns it off, to 1 hour.</summary>
    /// <value>30 seconds by default.</value>
    public TimeSpan SlowStart { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The share of running instances that must be healthy; when fewer are, the pool trusts its probes no longer and gives leases on all that run. From 0, which turns it off, to 1.</summary>
    /// <value>0.5 by default.</value>
    public double PanicShare { get; set; } = 0.5;

    /// <summary>Callers that may wait for a slot; more are rejected. From 0 to 1,000,000.</summary>
    /// <value>1,000 by default.</value>
    public int MaxWaiting { get; set; } = 1_000;

    /// <summary>How an instance that ended or failed is started anew.</summary>
    public ContainerRestartOptions Restart { get; set; } = new();

    /// <summary>How long a lease may go without a renewal that tells of progress before its instance counts as stuck and is started anew; from 1 second to 7 days.</summary>
    /// <value>15 minutes by default; <see langword="null"/> for never, and then neither a lease that expires nor an orchestrator that is started anew has an instance replaced in which work may go on.</value>
    public TimeSpan? StuckTime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long the leases of an instance that shall go may still run before they end by force; from zero to 1 day.</summary>
    /// <value>10 minutes by default.</value>
    public TimeSpan DrainDeadline { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long an instance has to end when asked politely; from zero, which kills at once, to 10 minutes.</summary>
    /// <value>10 seconds by default.</value>
    public TimeSpan StopGrace { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one call of the engine about an instance may take (of stopping one: beyond <see cref="StopGrace"/>) before it counts as failed; from 1 second to 1 hour.</summary>
    /// <value>30 seconds by default.</value>
    public TimeSpan EngineTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How fast the pool grows and shrinks.</summary>
    public ContainerScalingOptions Scaling { get; set; } = new();

    /// <summary>Times of the day at which there shall be at least so many instances.</summary>
    /// <value>Empty by default.</value>
    [SuppressMessage("Usage", "CA2227:Collection properties should be read only", Justification = "Options are set by the host, also as a whole.")]
    public IList<ContainerScheduleWindow> Schedule { get; set; } = [];

    /// <summary>What an instance costs for each hour that it exists in the engine, in US dollars; 0 or more.</summary>
    /// <value>0 by default.</value>
    public decimal CostPerHourUsd { get; set; }

    /// <summary>What the pool may cost on one day (UTC), in US dollars; once reached, it grows no more until the next day. An orchestrator that is started anew goes on with what the one before kept of that day. Above 0; needs a <see cref="CostPerHourUsd"/>.</summary>
    /// <value><see langword="null"/> by default: no cap.</value>
    public decimal? DailyBudgetUsd { get; set; }
}
