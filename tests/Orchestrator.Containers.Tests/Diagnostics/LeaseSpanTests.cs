using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Containers.Diagnostics;
using Orchestrator.Containers.Leasing;
using Orchestrator.Containers.Pools;
using Orchestrator.Containers.Tests.Leasing;

namespace Orchestrator.Containers.Tests.Diagnostics;

/// <summary>Never beside other tests: leases of all pools of the process are observed as long as somebody listens, and elsewhere it is measured that nobody does.</summary>
[Collection(nameof(LeaseSpanTests))]
[CollectionDefinition(nameof(LeaseSpanTests), DisableParallelization = true)]
public sealed class LeaseSpanTests : IDisposable
{
    private readonly ConcurrentQueue<Activity> _begun = new();
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;
    private readonly ActivitySource _callers = new("callers");

    public LeaseSpanTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ContainerDiagnostics.ActivitySourceName || ReferenceEquals(source, _callers),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStarted = activity => Keep(_begun, activity),
            ActivityStopped = activity => Keep(_ended, activity),
        };
        ActivitySource.AddActivityListener(_listener);
    }

    [Fact]
    public async Task A_span_lasts_as_long_as_its_lease_and_tells_how_that_ended()
    {
        using var rig = new LeasingRig(4, pool => pool.Policy = "round-robin");
        var (released, failed, lost, expired) = (rig.Acquire(task: "t1"), rig.Acquire(task: "t2"), rig.Acquire(task: "t3"), rig.Acquire());
        Assert.Equal((4, 0), (_begun.Count, _ended.Count));

        await released.DisposeAsync();
        await failed.ReleaseAsync(succeeded: false);
        rig.Leases.Fail(rig.Instances[2]);
        rig.Time.Advance(TimeSpan.FromMinutes(2));
        foreach (var lease in (ContainerLease[])[released, failed, lost, expired])
        {
            await lease.DisposeAsync();
        }

        Assert.Equal(
            ["build i0 t1 released Unset", "build i1 t2 released Error", "build i2 t3 lost Error", "build i3  expired Error"],
            _ended.Select(activity => $"{Tag(activity, ContainerDiagnostics.PoolTag)} {Tag(activity, ContainerDiagnostics.InstanceTag)} {Tag(activity, ContainerDiagnostics.TaskIdTag)} "
                + $"{Tag(activity, ContainerDiagnostics.OutcomeTag)} {activity.Status}"));
        Assert.Equal(_begun, _ended);
    }

    [Fact]
    public async Task A_span_belongs_to_whoever_asked_and_is_never_the_current_one()
    {
        using var rig = new LeasingRig(1);
        using var first = _callers.StartActivity("first");
        var held = rig.Acquire();
        Assert.Same(first, Activity.Current);
        Activity.Current = null;
        var second = _callers.StartActivity("second");
        var waiting = rig.AcquireAsync();
        Activity.Current = null;
        var nobody = rig.AcquireAsync();
        Activity.Current = first;

        await held.DisposeAsync(); // serves the second, here
        Assert.Same(first, Activity.Current);
        await (await waiting).Lease!.DisposeAsync();
        await (await nobody).Lease!.DisposeAsync();

        Assert.Same(first, Activity.Current);
        Assert.Equal([first!.SpanId, second!.SpanId, default], _begun.Select(activity => activity.ParentSpanId));
        Assert.NotEqual(first.TraceId, _begun.Last().TraceId);
        second.Stop();
    }

    [Fact]
    public async Task A_span_does_not_become_the_current_one_where_that_has_ended()
    {
        using var rig = new LeasingRig(1);
        var over = _callers.StartActivity("over")!;
        await Task.Run(over.Stop, TestContext.Current.CancellationToken); // elsewhere: here it is still the current one

        rig.Acquire();

        Assert.NotEqual("hold lease", Activity.Current?.OperationName);
    }

    [Fact]
    public async Task A_lease_that_its_caller_no_longer_wanted_has_no_span()
    {
        using var rig = new LeasingRig(1);
        var held = rig.Acquire();
        using var cancelling = new CancellationTokenSource();
        var waiting = rig.Leases.AcquireAsync(LeasingRig.Request(), cancelling.Token).AsTask();
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        await held.DisposeAsync();

        Assert.Equal((1, 1, 0), (_begun.Count, _ended.Count, rig.Leases.Held));
    }

    [Fact]
    public async Task A_lease_that_is_lost_before_its_span_began_has_one_all_the_same_and_it_ends()
    {
        var time = new HookedTime();
        using var leases = new PoolLeases("build", new ContainerPoolOptions { Image = "test", SlowStart = TimeSpan.Zero }, [], time, seed: 1, NullLogger.Instance);
        var instance = new PoolInstance("only", 1, 1);
        leases.Publish([instance], panic: false);
        var once = 0;
        using var meddler = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == ContainerDiagnostics.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStarted = _ => once += leases.Fail(instance),
        };
        ActivitySource.AddActivityListener(meddler);

        var lease = (await leases.AcquireAsync(LeasingRig.Request(), CancellationToken.None)).Lease!;

        Assert.Equal((1, "lost"), (once, Tag(Assert.Single(_ended), ContainerDiagnostics.OutcomeTag)));
        Assert.False(await lease.RenewAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Whoever_ends_a_lease_its_span_ends_once()
    {
        using var rig = new LeasingRig(2, pool => pool.HardLimit = 8);
        var callers = Enumerable.Range(0, 4).Select(_ => Task.Run(
            async () =>
            {
                for (var i = 0; i < 2_000; i++)
                {
                    var acquisition = await rig.Leases.AcquireAsync(LeasingRig.Request(), CancellationToken.None);
                    await acquisition.Lease!.ReleaseAsync(succeeded: true);
                }
            },
            TestContext.Current.CancellationToken)).ToList();
        while (!Task.WhenAll(callers).IsCompleted)
        {
            rig.Leases.Fail(rig.Instances[1]);
            rig.Leases.Publish(rig.Instances, panic: false);
        }

        await Task.WhenAll(callers);

        Assert.Equal((8_000, 8_000), (_begun.Count, _ended.Count));
        Assert.Equal(8_000, _ended.Distinct().Count());
        Assert.All(_ended, activity => Assert.NotNull(activity.GetTagItem(ContainerDiagnostics.OutcomeTag)));
    }

    public void Dispose()
    {
        Activity.Current = null;
        _listener.Dispose();
        _callers.Dispose();
    }

    private static string? Tag(Activity activity, string name) => activity.GetTagItem(name)?.ToString();

    private static void Keep(ConcurrentQueue<Activity> kept, Activity activity)
    {
        if (activity.OperationName == "hold lease")
        {
            kept.Enqueue(activity);
        }
    }
}
