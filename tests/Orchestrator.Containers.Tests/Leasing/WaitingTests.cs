namespace Orchestrator.Containers.Tests.Leasing;

public sealed class WaitingTests
{
    [Fact]
    public async Task Those_that_wait_are_served_in_their_order()
    {
        using var rig = new LeasingRig(1);
        var held = rig.Acquire();
        var waiting = Enumerable.Range(0, 5).Select(_ => rig.AcquireAsync()).ToList();
        Assert.Equal(5, rig.Leases.Waiting);

        foreach (var next in waiting)
        {
            Assert.False(next.IsCompleted);
            await held.DisposeAsync();
            held = (await next).Lease!;
        }

        Assert.Equal(0, rig.Leases.Waiting);
    }

    [Fact]
    public async Task A_newcomer_stands_behind_those_that_wait()
    {
        using var rig = new LeasingRig(1);
        var held = rig.Acquire();
        var first = rig.AcquireAsync();
        var second = rig.AcquireAsync();

        await held.DisposeAsync();
        var lease = (await first).Lease!;
        Assert.False(second.IsCompleted);
        Assert.Equal(1, rig.Leases.Waiting);
        await lease.DisposeAsync();

        Assert.Equal(AcquisitionStatus.Acquired, (await second).Status);
    }

    [Fact]
    public async Task A_full_line_rejects_at_once()
    {
        using var rig = new LeasingRig(1, pool => pool.MaxWaiting = 2);
        await using var held = rig.Acquire();
        _ = rig.AcquireAsync();
        _ = rig.AcquireAsync();

        var rejected = await rig.AcquireAsync();

        Assert.Equal(AcquisitionStatus.Rejected, rejected.Status);
        Assert.Null(rejected.Lease);
        Assert.Equal("2 callers wait for pool build already.", rejected.Message);
        Assert.Equal(2, rig.Leases.Waiting);
    }

    [Fact]
    public async Task Waiting_ends_at_its_deadline_and_leaves_nothing_behind()
    {
        using var rig = new LeasingRig(1);
        var held = rig.Acquire();
        var waiting = rig.AcquireAsync(seconds: 30);

        rig.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(waiting.IsCompleted);
        rig.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(AcquisitionStatus.TimedOut, (await waiting).Status);
        Assert.Equal(0, rig.Leases.Waiting);
        Assert.Equal(1, rig.Time.ArmedTimers); // that of the lease's expiry
        await held.DisposeAsync();
        Assert.Equal("i0", rig.Acquire().Instance);
    }

    [Fact]
    public async Task Without_time_to_wait_the_answer_is_there_at_once()
    {
        using var rig = new LeasingRig(1);
        await using var held = rig.Acquire();

        var asked = rig.AcquireAsync(seconds: 0);

        Assert.True(asked.IsCompleted);
        Assert.Equal(AcquisitionStatus.TimedOut, (await asked).Status);
    }

    [Fact]
    public async Task Who_cancels_leaves_the_line_and_takes_no_slot()
    {
        using var rig = new LeasingRig(1);
        using var cancellation = new CancellationTokenSource();
        var held = rig.Acquire();
        var cancelled = rig.Leases.AcquireAsync(LeasingRig.Request(), cancellation.Token).AsTask();
        var next = rig.AcquireAsync();

        await cancellation.CancelAsync();
        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);

        Assert.Equal(cancellation.Token, thrown.CancellationToken);
        Assert.Equal(1, rig.Leases.Waiting);
        await held.DisposeAsync();
        Assert.Equal(1, (await next).Lease is null ? 0 : rig.Instances[0].Leases);
        Assert.Equal(1, rig.Leases.Held);
    }

    [Fact]
    public async Task Who_has_cancelled_before_gets_nothing()
    {
        using var rig = new LeasingRig(1);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rig.Leases.AcquireAsync(LeasingRig.Request(), new CancellationToken(canceled: true)).AsTask());

        Assert.Equal((0, 0), (rig.Leases.Held, rig.Leases.Waiting));
    }

    [Fact]
    public async Task A_pool_that_cannot_start_instances_says_so_instead_of_letting_callers_wait()
    {
        using var rig = new LeasingRig(0);
        var waiting = rig.AcquireAsync();

        rig.Leases.SetFailure("The image is not there.");

        Assert.Equal(new ContainerAcquisition(AcquisitionStatus.PoolFailed, null, "The image is not there."), await waiting);
        Assert.Equal(AcquisitionStatus.PoolFailed, (await rig.AcquireAsync()).Status);
        rig.Leases.SetFailure(null);
        var later = rig.AcquireAsync();
        rig.Leases.Publish([rig.NewInstance("late")], panic: false);
        Assert.Equal("late", (await later).Lease!.Instance);
    }

    [Fact]
    public async Task A_pool_that_fails_to_grow_still_serves_with_what_it_has()
    {
        using var rig = new LeasingRig(1);
        var held = rig.Acquire();
        var waiting = rig.AcquireAsync();

        rig.Leases.SetFailure("No more.");

        Assert.False(waiting.IsCompleted);
        await held.DisposeAsync();
        Assert.Equal(AcquisitionStatus.Acquired, (await waiting).Status);
    }
}
