using Orchestrator.Containers.Leasing;

namespace Orchestrator.Containers.Tests.Leasing;

public sealed class SelectionTests
{
    private static readonly string[] Everyone = [SelectionPolicies.PowerOfTwoChoices, SelectionPolicies.LeastRequests, SelectionPolicies.RoundRobin, SelectionPolicies.Random, SelectionPolicies.SessionAffinity];

    public static TheoryData<string, double> PoliciesAndWeights => [.. Everyone.SelectMany(policy => (TheoryDataRow<string, double>[])[new(policy, 1), new(policy, 5)])];

    public static TheoryData<string> Policies => [.. Everyone];

    [Theory]
    [MemberData(nameof(Policies))]
    public async Task Every_slot_is_given_once_and_none_beyond_the_hard_limit(string policy)
    {
        using var rig = new LeasingRig(5, pool => (pool.Policy, pool.HardLimit, pool.SoftLimit) = (policy, 4, 2));

        var leases = Enumerable.Range(0, 20).Select(i => rig.Acquire(task: $"t{i}")).ToList();

        Assert.All(rig.Instances, instance => Assert.Equal(4, instance.Leases));
        Assert.Equal(AcquisitionStatus.TimedOut, (await rig.AcquireAsync(seconds: 0)).Status);
        Assert.Equal(20, leases.Select(lease => lease.Token).Distinct().Count());
    }

    [Theory]
    [InlineData(SelectionPolicies.PowerOfTwoChoices)]
    [InlineData(SelectionPolicies.LeastRequests)]
    [InlineData(SelectionPolicies.RoundRobin)]
    [InlineData(SelectionPolicies.Random)]
    public void Nobody_goes_beyond_the_soft_limit_while_another_is_below_it(string policy)
    {
        using var rig = new LeasingRig(4, pool => (pool.Policy, pool.HardLimit, pool.SoftLimit) = (policy, 10, 3));

        for (var i = 0; i < 12; i++)
        {
            rig.Acquire();
        }

        Assert.All(rig.Instances, instance => Assert.Equal(3, instance.Leases));
    }

    [Fact]
    public void The_least_loaded_instance_is_chosen()
    {
        using var rig = new LeasingRig(4, pool => (pool.Policy, pool.HardLimit) = ("least-requests", 10));
        Load(rig, 5, 3, 1, 4);

        Assert.Equal(["i2", "i2"], [rig.Acquire().Instance, rig.Acquire().Instance]);
        Assert.Equal(["i1", "i2"], new[] { rig.Acquire().Instance, rig.Acquire().Instance }.Order());
        Assert.Equal([5, 4, 4, 4], rig.Instances.Select(instance => instance.Leases));
    }

    [Fact]
    public void The_better_of_two_is_chosen_so_the_worst_never_is()
    {
        using var rig = new LeasingRig(4, pool => pool.HardLimit = 1_000);
        Load(rig, 0, 0, 500, 0);

        for (var i = 0; i < 300; i++)
        {
            rig.Acquire();
        }

        Assert.Equal(500, rig.Instances[2].Leases);
        Assert.All([rig.Instances[0], rig.Instances[1], rig.Instances[3]], instance => Assert.InRange(instance.Leases, 95, 105));
    }

    [Fact]
    public async Task By_turns_each_gets_the_next()
    {
        using var rig = new LeasingRig(3, pool => pool.Policy = "round-robin");
        var order = new List<string>();

        for (var i = 0; i < 6; i++)
        {
            await using var lease = rig.Acquire();
            order.Add(lease.Instance);
        }

        Assert.Equal(["i0", "i1", "i2", "i0", "i1", "i2"], order);
    }

    [Theory]
    [InlineData(SelectionPolicies.LeastRequests, 0.03)]
    [InlineData(SelectionPolicies.PowerOfTwoChoices, 0.05)]
    [InlineData(SelectionPolicies.Random, 0.1)]
    [InlineData(SelectionPolicies.RoundRobin, 0.01)]
    public void A_weight_of_three_gets_three_times_as_much(string policy, double tolerance)
    {
        using var rig = new LeasingRig(4, pool => (pool.Policy, pool.HardLimit) = (policy, 10_000));
        rig.Instances[1].Weight = 3;
        rig.Leases.Publish(rig.Instances, panic: false);

        for (var i = 0; i < 6_000; i++)
        {
            rig.Acquire();
        }

        Assert.InRange(rig.Instances[1].Leases / 3_000.0, 1 - tolerance, 1 + tolerance);
    }

    [Theory]
    [InlineData(SelectionPolicies.PowerOfTwoChoices)]
    [InlineData(SelectionPolicies.Random)]
    [InlineData(SelectionPolicies.RoundRobin)]
    public async Task One_heavy_instance_of_many_gets_its_share_of_leases_that_end_at_once(string policy)
    {
        using var rig = new LeasingRig(64, pool => pool.Policy = policy);
        rig.Instances[40].Weight = 21;
        rig.Leases.Publish(rig.Instances, panic: false);

        for (var i = 0; i < 8_400; i++)
        {
            await using var lease = rig.Acquire();
        }

        Assert.InRange(rig.Instances[40].Succeeded, 1_950, 2_250); // 21 of 84 parts
        Assert.All(rig.Instances.Where(instance => instance.Weight.Equals(1)), instance => Assert.InRange(instance.Succeeded, 60, 140));
    }

    [Theory]
    [InlineData(SelectionPolicies.PowerOfTwoChoices)]
    [InlineData(SelectionPolicies.LeastRequests)]
    [InlineData(SelectionPolicies.Random)]
    [InlineData(SelectionPolicies.RoundRobin)]
    [InlineData(SelectionPolicies.SessionAffinity)]
    public async Task The_lightest_possible_instance_is_used_when_nothing_else_is_free(string policy)
    {
        using var rig = new LeasingRig(3, pool => (pool.Policy, pool.HardLimit, pool.SoftLimit) = (policy, 2, 1));
        rig.Instances[0].Weight = double.Epsilon;
        rig.Instances[1].Weight = 1_000;
        rig.Leases.Publish(rig.Instances, panic: false);

        for (var i = 0; i < 6; i++)
        {
            rig.Acquire(task: $"t{i}");
        }

        Assert.All(rig.Instances, instance => Assert.Equal(2, instance.Leases));
        Assert.Equal(AcquisitionStatus.TimedOut, (await rig.AcquireAsync(seconds: 0)).Status);
    }

    [Theory]
    [InlineData(SelectionPolicies.PowerOfTwoChoices)]
    [InlineData(SelectionPolicies.Random)]
    [InlineData(SelectionPolicies.RoundRobin)]
    public async Task A_new_instance_with_a_weight_starts_slowly_too(string policy)
    {
        using var rig = new LeasingRig(8, pool => (pool.Policy, pool.SlowStart) = (policy, TimeSpan.FromSeconds(10)));
        rig.Instances[3].Weight = 2;
        rig.Instances[3].ReadyAt = rig.Time.GetTimestamp();
        rig.Leases.Publish(rig.Instances, panic: false);

        for (var i = 0; i < 7_200; i++)
        {
            await using var lease = rig.Acquire();
        }

        Assert.InRange(rig.Instances[3].Succeeded, 50, 400); // a tenth of 2 parts to 7 would be 200, its whole share 1,600
    }

    [Fact]
    public void A_new_instance_gets_a_tenth_at_first_and_its_whole_share_after_its_slow_start()
    {
        using var rig = new LeasingRig(2, pool => (pool.Policy, pool.HardLimit, pool.SlowStart) = ("least-requests", 10_000, TimeSpan.FromSeconds(10)));
        rig.Instances[1].ReadyAt = rig.Time.GetTimestamp();
        rig.Leases.Publish(rig.Instances, panic: false);

        Fill(rig, 1_100);
        Assert.InRange(rig.Instances[1].Leases, 99, 101);

        rig.Time.Advance(TimeSpan.FromSeconds(5));
        Fill(rig, 400);
        Assert.InRange(rig.Instances[1].Leases, 499, 501); // half of 1,000

        rig.Time.Advance(TimeSpan.FromSeconds(5));
        Fill(rig, 500);
        Assert.Equal((1_000, 1_000), (rig.Instances[0].Leases, rig.Instances[1].Leases));
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public async Task The_same_key_goes_to_the_same_instance_whatever_the_policy(string policy)
    {
        using var rig = new LeasingRig(8, pool => (pool.Policy, pool.HardLimit) = (policy, 10));

        for (var session = 0; session < 50; session++)
        {
            var first = rig.Acquire($"session-{session}");
            var second = rig.Acquire($"session-{session}");
            Assert.Equal(first.Instance, second.Instance);
            await first.DisposeAsync();
            await second.DisposeAsync();
        }
    }

    [Fact]
    public async Task When_an_instance_goes_only_its_own_keys_move_and_they_come_back_with_it()
    {
        using var rig = new LeasingRig(8, pool => pool.HardLimit = 10);
        var before = await PlacesAsync(rig);

        rig.Leases.Publish(rig.Instances.AsSpan(1), panic: false);
        var without = await PlacesAsync(rig);
        rig.Leases.Publish(rig.Instances, panic: false);

        Assert.Equal(before, await PlacesAsync(rig));
        Assert.All(before.Zip(without), places => Assert.True(places.First == "i0" ? places.Second != "i0" : places.First == places.Second));
        Assert.True(before.Zip(without).Where(places => places.First == "i0").Select(places => places.Second).Distinct().Count() > 4, "The keys of one instance spread over many.");
        Assert.All(before.GroupBy(place => place), keys => Assert.InRange(keys.Count(), 80, 170)); // 1,000 keys over 8
    }

    [Fact]
    public async Task Keys_follow_weights()
    {
        using var rig = new LeasingRig(4, pool => pool.HardLimit = 10);
        rig.Instances[2].Weight = 3;
        rig.Leases.Publish(rig.Instances, panic: false);

        var places = await PlacesAsync(rig);

        Assert.InRange(places.Count(place => place == "i2"), 450, 550);
    }

    [Fact]
    public void With_session_affinity_a_task_without_a_key_stays_on_one_instance()
    {
        using var rig = new LeasingRig(8, pool => (pool.Policy, pool.HardLimit) = (SelectionPolicies.SessionAffinity, 10));

        Assert.Single(Enumerable.Range(0, 10).Select(_ => rig.Acquire(task: "task-1").Instance).Distinct());
    }

    [Fact]
    public void A_session_whose_instance_is_full_goes_to_another_instead_of_waiting()
    {
        using var rig = new LeasingRig(2);

        Assert.NotEqual(rig.Acquire("session").Instance, rig.Acquire("session").Instance);
    }

    [Fact]
    public void A_policy_of_the_host_sees_only_instances_with_a_free_slot_and_decides()
    {
        var seen = new List<string>();
        var last = new FirstPolicy("last", candidates =>
        {
            seen.Add(string.Join(',', candidates.Select(candidate => $"{candidate.Name}:{candidate.Leases}/{candidate.SoftLimit}/{candidate.HardLimit}*{candidate.Weight}")));
            return candidates.Length - 1;
        });
        using var rig = new LeasingRig(2, pool => (pool.Policy, pool.HardLimit, pool.SoftLimit) = ("LAST", 2, 1), last);

        Assert.Equal(["i1", "i1", "i0"], [.. Enumerable.Range(0, 3).Select(_ => rig.Acquire().Instance)]);
        Assert.Equal(["i0:0/1/2*1,i1:0/1/2*1", "i0:0/1/2*1,i1:1/1/2*1", "i0:0/1/2*1"], seen);
    }

    [Fact]
    public void A_policy_of_the_host_that_throws_or_answers_nonsense_costs_nobody_a_lease()
    {
        using var throwing = new LeasingRig(2, pool => pool.Policy = "mine", new FirstPolicy("mine", _ => throw new InvalidOperationException("broken")));
        using var wrong = new LeasingRig(2, pool => pool.Policy = "mine", new FirstPolicy("mine", _ => -7));

        Assert.Equal(["i0", "i1"], new[] { throwing.Acquire().Instance, throwing.Acquire().Instance }.Order());
        Assert.Equal(["i0", "i1"], [wrong.Acquire().Instance, wrong.Acquire().Instance]);
    }

    [Theory]
    [InlineData(SelectionPolicies.PowerOfTwoChoices)]
    [InlineData(SelectionPolicies.LeastRequests)]
    [InlineData(SelectionPolicies.Random)]
    [InlineData(SelectionPolicies.RoundRobin)]
    public async Task What_a_heavy_instance_has_no_room_for_does_not_go_to_its_neighbour(string policy)
    {
        using var rig = new LeasingRig(4, options => (options.Policy, options.SoftLimit, options.HardLimit) = (policy, 2, 4));
        rig.Instances[0].Weight = 20;
        rig.Leases.Publish(rig.Instances, panic: false);
        Assert.True(rig.Instances[0].TryTake() && rig.Instances[0].TryTake());

        for (var i = 0; i < 3_000; i++)
        {
            await rig.Acquire().DisposeAsync();
        }

        Assert.Equal(0, rig.Instances[0].Succeeded);
        Assert.All(rig.Instances[1..], instance => Assert.InRange(instance.Succeeded, 600, 1_700));
    }

    [Theory]
    [MemberData(nameof(PoliciesAndWeights))]
    public void Choosing_allocates_nothing(string policy, double weight)
    {
        using var rig = new LeasingRig(64, pool => (pool.Policy, pool.HardLimit) = (policy, 100));
        rig.Instances[9].Weight = weight;
        var selector = new InstanceSelector(SelectionPolicies.KindOf(policy), null, rig.Time, 1, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        var snapshot = new PoolSnapshot(rig.Instances, isPanic: false, slowStart: 0);
        var request = LeasingRig.Request(task: "task-1");
        var chosen = selector.Select(snapshot, request);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            chosen = Math.Max(chosen, selector.Select(snapshot, request));
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.InRange(chosen, 0, 63);
    }

    [Fact]
    public async Task A_lease_that_is_there_at_once_allocates_only_itself()
    {
        using var rig = new LeasingRig(64, pool => pool.HardLimit = 100);
        var request = LeasingRig.Request(task: "task-1");
        for (var i = 0; i < 100; i++)
        {
            await (await rig.Leases.AcquireAsync(request, CancellationToken.None)).Lease!.ReleaseAsync(succeeded: true);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            // Completed at once, so all of it runs on this thread.
            await (await rig.Leases.AcquireAsync(request, CancellationToken.None)).Lease!.ReleaseAsync(succeeded: true);
        }

        Assert.Equal(72_000, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Load(LeasingRig rig, params int[] leases)
    {
        for (var i = 0; i < leases.Length; i++)
        {
            for (var taken = 0; taken < leases[i]; taken++)
            {
                Assert.True(rig.Instances[i].TryTake());
            }
        }
    }

    private static void Fill(LeasingRig rig, int leases)
    {
        for (var i = 0; i < leases; i++)
        {
            rig.Acquire();
        }
    }

    private static async Task<List<string>> PlacesAsync(LeasingRig rig)
    {
        var places = new List<string>();
        for (var key = 0; key < 1_000; key++)
        {
            await using var lease = rig.Acquire($"key-{key}");
            places.Add(lease.Instance);
        }

        return places;
    }
}
