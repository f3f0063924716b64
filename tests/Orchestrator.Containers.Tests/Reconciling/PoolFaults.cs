using Orchestrator.Containers.Pools;
using Orchestrator.Containers.Reconciling;
using Orchestrator.Containers.Tests.Scripted;
using Orchestrator.Testing;

namespace Orchestrator.Containers.Tests.Reconciling;

/// <summary>A run of a pool in which, by seed, everything goes wrong for a while.</summary>
internal sealed class PoolFaults
{
    private const int Rounds = 150;
    private const int Recovery = 600; // seconds

    private static readonly CallFault[] Faults = Enum.GetValues<CallFault>();

    private readonly Random _random;
    private readonly List<ContainerLease> _leases = [];
    private readonly double _faultShare;

    public PoolFaults(int seed)
    {
        _random = SeededRandom.Create(seed);
        _faultShare = _random.NextDouble() * 0.4;
        Rig = new PoolRig(Configure, seed);
        Rig.Engine.Latency = TimeSpan.FromMilliseconds(_random.Next(3) * 150);
        Rig.Engine.Fault = (_, _) => Chance(_faultShare) ? Faults[_random.Next(Faults.Length)] : null;
        Rig.Engine.Copies = _ => Chance(0.3) ? _random.Next(3) : 1;
        Rig.Engine.Delay = _ => Chance(0.3) ? TimeSpan.FromSeconds(_random.Next(40)) : TimeSpan.Zero;
        Rig.Engine.Started = Start;
    }

    public PoolRig Rig { get; }

    public void Run()
    {
        for (var round = 0; round < Rounds; round++)
        {
            Act();
            Rig.Run(1);
            Assert.All(Rig.Engine.Instances.GroupBy(instance => instance.Specification.Name), group => Assert.Single(group));
        }

        StopFaults();
        Rig.Run(Recovery);
        Check();
    }

    private void Configure(ContainerPoolOptions pool)
    {
        pool.MinInstances = _random.Next(0, 4);
        pool.MaxInstances = 6;
        pool.HardLimit = _random.Next(1, 4);
        pool.WarmInstances = _random.Next(0, 3);
        pool.Warmth = Chance(0.5) ? ContainerWarmth.Paused : ContainerWarmth.Created;
        pool.SlowStart = TimeSpan.FromSeconds(_random.Next(0, 10));
        pool.EngineTimeout = TimeSpan.FromSeconds(5);
        pool.DrainDeadline = TimeSpan.FromSeconds(30);
        pool.StuckTime = TimeSpan.FromSeconds(90);
        pool.IdleTime = TimeSpan.FromSeconds(30);
        pool.Scaling.Stabilisation = TimeSpan.FromSeconds(20);
        pool.Scaling.Cooldown = TimeSpan.FromSeconds(10);
        pool.Restart = new ContainerRestartOptions { MaxDelay = TimeSpan.FromSeconds(30), Budget = 3 };
        pool.Startup = Probe(0.5);
        pool.Readiness = Probe(0.7);
        pool.Liveness = Probe(0.5);
    }

    private ContainerProbeOptions? Probe(double chance) => !Chance(chance) ? null : new ContainerProbeOptions
    {
        Command = ["check"],
        Interval = TimeSpan.FromSeconds(_random.Next(1, 6)),
        FailureThreshold = _random.Next(1, 4),
        SuccessThreshold = _random.Next(1, 3),
    };

    private void Act()
    {
        var any = Rig.Engine.Instances.Count == 0 ? null : Rig.Engine.Instances[_random.Next(Rig.Engine.Instances.Count)];
        switch (_random.Next(14))
        {
            case 0 when any is not null:
                Rig.Engine.Exit(any, _random.Next(3), Chance(0.2));
                break;
            case 1 when any is not null:
                Rig.Engine.Remove(any.Id);
                break;
            case 2 when any is { State: ContainerState.Running }:
                Rig.Engine.Pause(any);
                break;
            case 3 when any is { State: ContainerState.Exited }:
                Rig.Engine.Start(any);
                break;
            case 4 when any is not null:
                any.ProbeExitCode = Chance(0.5) ? static _ => 1 : static _ => 0;
                break;
            case 5 when any is not null:
                Rig.Engine.Tell(any, (ContainerEventKind)_random.Next(1, 9), 1); // Not true.
                break;
            case 6:
                Rig.Engine.BreakWatches();
                break;
            case 7 when Chance(0.15):
                Rig.Options.Image = Chance(0.5) ? "test" : "newer";
                Rig.Restart();
                break;
            case 8 when Chance(0.3):
                Rig.Tell(new ScaleAsked(_random.Next(0, Rig.Options.MaxInstances + 1)));
                break;
            case 9 when any is not null && Chance(0.3):
                Rig.Tell(Chance(0.5) ? new RestartAsked(any.Specification.Name) : new DrainAsked(any.Specification.Name));
                break;
            case 10 or 11:
                Acquire();
                break;
            case 12 when _leases.Count > 0:
                var lease = _leases[_random.Next(_leases.Count)];
                _leases.Remove(lease);
                PoolRig.Release(lease, Chance(0.7));
                break;
            default:
                _leases.RemoveAll(lease => !PoolRig.Holds(lease));
                break;
        }
    }

    private void Acquire()
    {
        if (Rig.TryAcquire(TimeSpan.FromSeconds(_random.Next(5, 200))) is { } lease)
        {
            var state = Rig.Instance(lease.Instance).State;
            Assert.True(InstanceTransitions.IsServing(state) || (state == InstanceState.Unhealthy && Rig.Leases.IsPanic), $"A lease was given on an instance that is {state}.");
            _leases.Add(lease);
        }
    }

    private void Start(ScriptedInstance instance)
    {
        if (Chance(0.1))
        {
            Rig.Engine.Exit(instance, 1);
        }
        else if (Chance(0.15))
        {
            instance.ProbeExitCode = static _ => 1;
        }
    }

    private void StopFaults()
    {
        (Rig.Engine.Fault, Rig.Engine.Started, Rig.Engine.Copies, Rig.Engine.Delay) = (null, null, static _ => 1, static _ => TimeSpan.Zero);
        foreach (var instance in Rig.Engine.Instances)
        {
            instance.ProbeExitCode = static _ => 0;
        }
    }

    private void Check()
    {
        Assert.True(Rig.Until(IsWell), Describe(Rig.Status));
        var (status, running, _) = Now();
        Assert.All(_leases.Where(PoolRig.Holds), lease => Assert.Contains(lease.EngineId, running));
        Assert.Equal(_leases.Count(PoolRig.Holds), status.Instances.Sum(instance => instance.Leases));
    }

    private bool IsWell()
    {
        var (status, running, serving) = Now();
        return status.Problem is null && status.Desired == serving.Count
            && status.Instances.Count - serving.Count == Math.Min(Rig.Options.WarmInstances, Rig.Options.MaxInstances - status.Desired)
            && serving.All(instance => running.Contains(instance.EngineId!))
            && status.Instances.Select(instance => instance.EngineId).Order().SequenceEqual(Rig.Engine.Instances.Select(instance => instance.Id).Order());
    }

    private (PoolStatus Status, HashSet<string> Running, List<InstanceStatus> Serving) Now()
    {
        var status = Rig.Status;
        return (
            status,
            Rig.Engine.Instances.Where(instance => instance.State == ContainerState.Running).Select(instance => instance.Id).ToHashSet(),
            status.Instances.Where(instance => InstanceTransitions.IsServing(instance.State)).ToList());
    }

    private string Describe(PoolStatus status) => string.Join(
        Environment.NewLine,
        [
            $"{status.Problem} Desired: {status.Desired}",
            .. status.Instances.Select(instance => instance.ToString()),
            .. Rig.Engine.Instances.Select(instance => instance.Status().ToString()),
            .. Rig.Engine.Calls.TakeLast(30),
        ]);

    private bool Chance(double share) => _random.NextDouble() < share;
}
