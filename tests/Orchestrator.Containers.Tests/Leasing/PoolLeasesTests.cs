namespace Orchestrator.Containers.Tests.Leasing;

public sealed class PoolLeasesTests
{
    [Fact]
    public async Task A_lease_takes_a_slot_and_its_release_gives_it_back_once()
    {
        using var rig = new LeasingRig(1);

        var lease = rig.Acquire();
        Assert.Equal(("build", "i0", "i0-1"), (lease.Pool, lease.Instance, lease.EngineId));
        Assert.Equal((1, 1), (rig.Instances[0].Leases, rig.Leases.Held));

        await lease.ReleaseAsync(succeeded: true);
        await lease.DisposeAsync();
        await rig.Leases.ReleaseAsync(lease, succeeded: true);
        Assert.Equal((0, 0), (rig.Instances[0].Leases, rig.Leases.Held));
        Assert.Equal((1L, 0L), (rig.Instances[0].Succeeded, rig.Instances[0].Failed));
    }

    [Fact]
    public async Task Fencing_tokens_grow_with_every_lease()
    {
        using var rig = new LeasingRig(2, pool => pool.HardLimit = 10);

        var first = rig.Acquire();
        var second = rig.Acquire();
        await first.DisposeAsync();
        var third = rig.Acquire();

        Assert.True(first.Token > 0 && second.Token > first.Token && third.Token > second.Token);
    }

    [Fact]
    public async Task The_outcome_of_a_lease_is_counted_on_its_instance()
    {
        using var rig = new LeasingRig(1);

        await rig.Acquire().ReleaseAsync(succeeded: false);
        await rig.Acquire().ReleaseAsync(succeeded: false);
        await rig.Acquire().ReleaseAsync(succeeded: true);

        Assert.Equal((1L, 2L), (rig.Instances[0].Succeeded, rig.Instances[0].Failed));
    }

    [Fact]
    public async Task A_lease_that_nobody_renews_expires_and_gives_its_slot_to_whoever_waits()
    {
        using var rig = new LeasingRig(1);
        var lost = rig.Acquire();
        var waiting = rig.AcquireAsync(seconds: 600);

        rig.Time.Advance(TimeSpan.FromMilliseconds(59_999));
        Assert.False(waiting.IsCompleted);
        rig.Time.Advance(TimeSpan.FromMilliseconds(1));

        var next = (await waiting).Lease!;
        Assert.False(await lost.RenewAsync(CancellationToken.None));
        await lost.ReleaseAsync(succeeded: false);
        Assert.Equal((1, 1), (rig.Instances[0].Leases, rig.Leases.Held));
        Assert.Equal((0L, 1L), (rig.Instances[0].Failed, rig.Instances[0].Expired));
        Assert.True(await next.RenewAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_lease_that_is_renewed_holds()
    {
        using var rig = new LeasingRig(1);
        var lease = rig.Acquire();

        for (var i = 0; i < 10; i++)
        {
            rig.Time.Advance(TimeSpan.FromSeconds(59));
            Assert.True(await lease.RenewAsync(CancellationToken.None));
        }

        rig.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.False(await lease.RenewAsync(CancellationToken.None));
        Assert.Equal(0, rig.Instances[0].Leases);
    }

    [Fact]
    public async Task A_short_lease_after_a_long_one_expires_in_its_own_time()
    {
        using var rig = new LeasingRig(2);
        await using var longer = rig.Acquire();
        var shorter = (await rig.Leases.AcquireAsync(LeasingRig.Request() with { Duration = TimeSpan.FromSeconds(5) }, CancellationToken.None)).Lease!;

        rig.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(1, rig.Leases.Held);
        Assert.True(await longer.RenewAsync(CancellationToken.None));
        Assert.False(await shorter.RenewAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_draining_instance_keeps_its_leases_and_gets_no_new_ones()
    {
        using var rig = new LeasingRig(2, pool => pool.HardLimit = 5);
        var kept = rig.Acquire();
        var draining = rig.Instances.Single(instance => instance.Name == kept.Instance);

        draining.Close();

        for (var i = 0; i < 5; i++)
        {
            Assert.NotEqual(kept.Instance, rig.Acquire().Instance);
        }

        Assert.False(rig.AcquireAsync().IsCompleted);
        Assert.True(await kept.RenewAsync(CancellationToken.None));
        await kept.DisposeAsync();
        Assert.Equal(0, draining.Leases);
        Assert.Equal(1, rig.Leases.Waiting);
    }

    [Fact]
    public async Task An_instance_that_is_published_no_longer_is_closed_and_one_that_is_published_again_is_opened()
    {
        using var rig = new LeasingRig(2);

        rig.Leases.Publish([rig.Instances[1]], panic: true);
        Assert.False(rig.Instances[0].IsOpen);
        Assert.True(rig.Leases.IsPanic);
        Assert.Equal("i1", rig.Acquire().Instance);
        var waiting = rig.AcquireAsync();

        rig.Leases.Publish(rig.Instances, panic: false);
        Assert.Equal("i0", (await waiting).Lease!.Instance);
        Assert.False(rig.Leases.IsPanic);
    }

    [Fact]
    public async Task The_leases_of_a_failed_instance_are_lost_and_count_neither_way()
    {
        using var rig = new LeasingRig(2, pool => (pool.HardLimit, pool.Policy) = (3, "round-robin"));
        var leases = Enumerable.Range(0, 4).Select(_ => rig.Acquire()).ToList();

        Assert.Equal(2, rig.Leases.Fail(rig.Instances[0]));

        foreach (var lease in leases)
        {
            Assert.Equal(lease.Instance == "i1", await lease.RenewAsync(CancellationToken.None));
            await lease.ReleaseAsync(succeeded: false);
        }

        Assert.Equal((0, 0, 0), (rig.Instances[0].Leases, rig.Instances[1].Leases, rig.Leases.Held));
        Assert.Equal((0L, 2L), (rig.Instances[0].Failed, rig.Instances[1].Failed));
        Assert.Equal(0, rig.Leases.Fail(rig.Instances[0]));
    }

    [Fact]
    public async Task The_lease_without_progress_for_the_longest_is_known()
    {
        using var rig = new LeasingRig(2, pool => pool.Policy = "round-robin");
        Assert.Equal((null, TimeSpan.Zero), rig.Leases.OldestWithoutProgress);
        var first = rig.Acquire();
        rig.Time.Advance(TimeSpan.FromSeconds(10));
        var second = rig.Acquire();
        rig.Time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal((rig.Instances[0], TimeSpan.FromSeconds(20)), rig.Leases.OldestWithoutProgress);
        await first.RenewAsync(CancellationToken.None);
        Assert.Equal((rig.Instances[1], TimeSpan.FromSeconds(10)), rig.Leases.OldestWithoutProgress);
        Assert.Equal(rig.Time.GetTimestamp(), rig.Instances[0].LastProgressAt);
        await second.DisposeAsync();
        Assert.Equal((rig.Instances[0], TimeSpan.Zero), rig.Leases.OldestWithoutProgress);
    }

    [Fact]
    public async Task After_its_end_nobody_gets_a_lease_and_held_ones_can_still_be_released()
    {
        using var rig = new LeasingRig(1);
        var held = rig.Acquire();
        var waiting = rig.AcquireAsync();

        rig.Leases.Dispose();

        Assert.Equal(AcquisitionStatus.PoolFailed, (await waiting).Status);
        await held.ReleaseAsync(succeeded: true);
        Assert.Equal(0, rig.Instances[0].Leases);
        Assert.Equal(AcquisitionStatus.PoolFailed, (await rig.AcquireAsync()).Status);
        Assert.Equal(0, rig.Time.ArmedTimers);
    }

    [Fact]
    public async Task Expiry_needs_no_timer_while_no_lease_is_held()
    {
        using var rig = new LeasingRig(1);
        Assert.Equal(0, rig.Time.ArmedTimers);

        await rig.Acquire().DisposeAsync();
        Assert.Equal(1, rig.Time.ArmedTimers);
        rig.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(0, rig.Time.ArmedTimers);
    }
}
