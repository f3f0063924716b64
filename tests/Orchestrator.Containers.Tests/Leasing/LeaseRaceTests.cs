using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Containers.Leasing;
using Orchestrator.Containers.Pools;

namespace Orchestrator.Containers.Tests.Leasing;

public sealed class LeaseRaceTests
{
    [Fact]
    public async Task An_instance_that_dies_between_its_choice_and_the_lease_is_not_leased()
    {
        var time = new HookedTime();
        var options = new ContainerPoolOptions { Image = "test", SlowStart = TimeSpan.Zero, Policy = "first" };
        using var leases = new PoolLeases("build", options, [new FirstPolicy("first")], time, seed: 1, NullLogger.Instance);
        var (dying, living) = (new PoolInstance("dying", 1, 1), new PoolInstance("living", 1, 1));
        leases.Publish([dying, living], panic: false);
        time.OnNextLook = () => leases.Fail(dying); // its slot is taken, the lease not yet written down

        var acquisition = await leases.AcquireAsync(LeasingRig.Request(), CancellationToken.None);

        Assert.Equal("living", acquisition.Lease!.Instance);
        Assert.Equal((0, 1, 1), (dying.Leases, living.Leases, leases.Held));
    }

    [Fact]
    public async Task A_slot_that_becomes_free_while_a_caller_joins_the_line_is_not_missed()
    {
        var time = new HookedTime();
        using var leases = new PoolLeases("build", new ContainerPoolOptions { Image = "test", SlowStart = TimeSpan.Zero }, [], time, seed: 1, NullLogger.Instance);
        var instance = new PoolInstance("only", 1, 1);
        leases.Publish([instance], panic: false);
        Assert.True(instance.TryTake());
        time.OnNextTimer = instance.Give; // that of the deadline: the caller has looked for a slot in vain, and nobody tells the line

        var asked = leases.AcquireAsync(LeasingRig.Request(), CancellationToken.None).AsTask();

        Assert.True(asked.IsCompleted, "It waits for a slot that is free.");
        Assert.Equal("only", (await asked).Lease!.Instance);
        Assert.Equal((1, 0), (instance.Leases, leases.Waiting));
    }

    [Fact]
    public async Task A_newcomer_does_not_snatch_a_free_slot_from_those_that_wait()
    {
        using var rig = new LeasingRig(1);
        Assert.True(rig.Instances[0].TryTake());
        var first = rig.AcquireAsync();
        rig.Instances[0].Give(); // as between the release of a slot and the word to the line

        var newcomer = rig.AcquireAsync();

        Assert.False(newcomer.IsCompleted);
        Assert.Equal("i0", (await first).Lease!.Instance);
        Assert.Equal(1, rig.Leases.Waiting);
    }

    [Fact]
    public async Task Two_callers_that_share_one_slot_never_miss_that_it_is_free()
    {
        using var rig = new LeasingRig(1);

        var callers = Enumerable.Range(0, 2).Select(_ => Task.Run(
            async () =>
            {
                for (var i = 0; i < 100_000; i++)
                {
                    var acquisition = await rig.Leases.AcquireAsync(LeasingRig.Request(), CancellationToken.None);
                    await acquisition.Lease!.ReleaseAsync(succeeded: true);
                }
            },
            TestContext.Current.CancellationToken));

        // Nothing else gives a slot, and the clock stands: a slot that is missed once is missed for ever.
        await Task.WhenAll(callers).WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        Assert.Equal((200_000L, 0), (rig.Instances[0].Succeeded, rig.Instances[0].Leases));
    }
}
