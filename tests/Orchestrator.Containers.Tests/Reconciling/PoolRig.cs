using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Containers.Diagnostics;
using Orchestrator.Containers.Health;
using Orchestrator.Containers.History;
using Orchestrator.Containers.Leasing;
using Orchestrator.Containers.Pools;
using Orchestrator.Containers.Reconciling;
using Orchestrator.Containers.Tests.Scripted;
using Orchestrator.Testing;

namespace Orchestrator.Containers.Tests.Reconciling;

/// <summary>A pool on a scripted engine and a manual clock, on the test's own thread: what happens is the same each time.</summary>
internal sealed class PoolRig
{
    public const string Pool = "agents";
    public const string Owner = "tests";

    private const int Looks = 200;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly InMemoryContainerHistory _history = new();
    private readonly int _seed;
    private HistoryWriter _writer;
    private Task _watching = Task.CompletedTask;

    public PoolRig(Action<ContainerPoolOptions>? configure = null, int seed = 1)
    {
        SynchronizationContext.SetSynchronizationContext(null); // Continuations run in place.
        _seed = seed;
        Options = new ContainerPoolOptions { Image = "test", HardLimit = 2, MinInstances = 2, SlowStart = TimeSpan.Zero };
        configure?.Invoke(Options);
        Engine = new ScriptedEngine(Clock);
        (Reconciler, _writer) = Make();
    }

    public BreakageLog Breakages { get; } = new();

    /// <summary>Whether something may break inside a step; else it fails the test.</summary>
    public bool ToleratesBreakage { get; init; }

    public ManualTimeProvider Clock { get; } = new();

    public ContainerPoolOptions Options { get; set; }

    public ScriptedEngine Engine { get; }

    public PoolReconciler Reconciler { get; private set; }

    public PoolLeases Leases => Reconciler.Parts.Leases;

    public PoolStatus Status => Reconciler.Status();

    public IReadOnlyList<InstanceState> States => [.. Status.Instances.Select(instance => instance.State)];

    public ContainerLease? TryAcquire(TimeSpan? duration = null)
    {
        var acquisition = Leases.AcquireAsync(
            new ContainerRequest { Pool = Pool, Timeout = TimeSpan.Zero, Duration = duration ?? TimeSpan.FromHours(1) }, CancellationToken.None);
        return Done(acquisition.AsTask()).Lease;
    }

    public ContainerLease Acquire(TimeSpan? duration = null) => TryAcquire(duration) ?? throw new InvalidOperationException("There is no free slot.");

    public static bool Holds(ContainerLease lease) => Done(lease.RenewAsync(CancellationToken.None).AsTask());

    public static void Release(ContainerLease lease, bool succeeded) => lease.ReleaseAsync(succeeded).AsTask().Wait(TimeSpan.FromSeconds(10));

    /// <summary>The result of what must have ended; waiting is only for the thread that tells it.</summary>
    public static T Done<T>(Task<T> task) => task.Wait(TimeSpan.FromSeconds(10)) ? task.Result : throw new TimeoutException("It has not ended.");

    /// <summary>Lets all happen that can happen now.</summary>
    public PoolRig Settle()
    {
        do
        {
            Reconciler.Pump();
        }
        while (Reconciler.HasMail);

        if (!ToleratesBreakage && Breakages.Take() is { } breakage)
        {
            throw new InvalidOperationException("Inside a step something broke.", breakage);
        }

        return this;
    }

    /// <summary>Lets time pass, in steps of a second.</summary>
    public PoolRig Run(int seconds)
    {
        for (var second = 0; second < seconds; second++)
        {
            Clock.Advance(Second);
            Settle();
        }

        return this;
    }

    /// <summary>Lets time pass until something is so. For what follows a call that was cut off: it may end on another thread, which the manual clock does not wait for.</summary>
    public bool Until(Func<bool> isReached)
    {
        for (var look = 0; look < Looks && !isReached(); look++)
        {
            SpinWait.SpinUntil(() => Reconciler.HasMail, TimeSpan.FromMilliseconds(50));
            Run(10);
        }

        return isReached();
    }

    /// <summary>The orchestrator is killed and comes back: nothing in memory survives.</summary>
    public PoolRig Restart()
    {
        Abandon();
        (Reconciler, _writer) = Make();
        return this;
    }

    public void Tell(PoolMessage message)
    {
        Reconciler.Tell(message);
        Settle();
    }

    public InstanceStatus Instance(string name) => Status.Instances.Single(instance => instance.Name == name);

    /// <summary>What is in the history about an instance, the oldest first.</summary>
    public IReadOnlyList<ContainerTransition> Transitions(string? instance = null)
    {
        _writer.FlushAsync(CancellationToken.None).Wait();
        return [.. Done(_history.ListTransitionsAsync(Pool, instance, 10_000, CancellationToken.None).AsTask()).Reverse()];
    }

    public IReadOnlyList<ContainerHealthCheck> Checks(string? instance = null)
    {
        _writer.FlushAsync(CancellationToken.None).Wait();
        return [.. Done(_history.ListHealthChecksAsync(Pool, instance, 10_000, CancellationToken.None).AsTask()).Reverse()];
    }

    public ScriptedInstance InEngine(string name) => Engine.Instances.Single(instance => instance.Specification.Name == name);

    /// <summary>An instance that somebody made with these labels.</summary>
    public ScriptedInstance Plant(string name, bool isRunning, params (string Key, string Value)[] labels)
    {
        var instance = Engine.Create(new ContainerSpecification { Name = name, Image = "test", Labels = new ValueMap(labels.Select(label => KeyValuePair.Create(label.Key, label.Value))) });
        if (isRunning)
        {
            Engine.Start(instance);
        }

        return instance;
    }

    private void Abandon()
    {
        // Takes none of the clock's time; waiting is for the threads on which calls are cancelled.
        Assert.True(Reconciler.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(30)));
        Assert.True(_watching.Wait(TimeSpan.FromSeconds(30)));
    }

    private (PoolReconciler Reconciler, HistoryWriter Writer) Make()
    {
        var writer = new HistoryWriter(_history, Clock, NullLogger.Instance);
        var parts = new PoolParts
        {
            Name = Pool,
            Owner = Owner,
            WorkerName = "worker",
            Options = Options,
            Leases = new PoolLeases(Pool, Options, [], Clock, (ulong)_seed, NullLogger.Instance),
            Sizing = new PoolSizing(Options),
            Slots = new StartSlots(2),
            History = writer,
            Metrics = new ContainerMetrics(null),
            Random = SeededRandom.Create(_seed + Engine.Calls.Count),
            Time = Clock,
            Logger = Breakages,
            ListInterval = TimeSpan.FromSeconds(30),
        };
        var reconciler = new PoolReconciler(parts, new PoolSurroundings
        {
            Engine = Engine,
            Probes = new ProbeRunner(Engine, Clock),
            Demands = [],
            ReconcileInterval = Second,
            Dispatch = static work => work(),
        });
        _watching = reconciler.WatchAsync();
        return (reconciler, writer);
    }
}
