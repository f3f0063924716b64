using Orchestrator.Queue;
using Orchestrator.Storage;

namespace Orchestrator.Conformance.Tasks;

/// <summary>How an <see cref="ITaskStore"/> shares workers among groups.</summary>
public abstract class TaskGroupConformanceTests : TaskStoreScenario
{
    [Fact]
    public async Task Groups_are_served_in_turn_however_many_tasks_one_has()
    {
        await AddGroupAsync("a", 20);
        await AddGroupAsync("b", 3);
        await AddGroupAsync("c", 2);

        var groups = await ServeAsync(9, count: 1);

        Assert.Equal(["a", "b", "c"], groups.Take(3).Order());
        Assert.Equal(["a", "b", "c"], groups.Skip(3).Take(3).Order());
        Assert.Equal(["a", "a", "b"], groups.Skip(6).Order());
    }

    [Fact]
    public async Task One_call_for_many_tasks_is_shared_like_many_calls_for_one()
    {
        await AddGroupAsync("a", 20);
        await AddGroupAsync("b", 20);
        await AddGroupAsync("c", 4);

        var groups = await ServeAsync(1, count: 24);

        Assert.All(groups.Take(12).Chunk(3), round => Assert.Equal(["a", "b", "c"], round.Order()));
        Assert.All(groups.Skip(12).Chunk(2), round => Assert.Equal(["a", "b"], round.Order()));
    }

    [Fact]
    public async Task A_group_of_weight_three_gets_three_turns_for_one()
    {
        await SetAsync(new GroupSettings { Queue = "default", Group = "heavy", Weight = 3 });
        await AddGroupAsync("heavy", 100);
        await AddGroupAsync("light", 100);

        var groups = await ServeAsync(80, count: 1);

        Assert.Equal(60, groups.Count(group => group == "heavy"));
        Assert.Equal(20, groups.Count(group => group == "light"));
    }

    [Fact]
    public async Task A_task_of_many_slots_counts_as_many_turns()
    {
        foreach (var i in Enumerable.Range(0, 20))
        {
            await AddAsync(New($"wide-{i}", "wide") with { Slots = 3 });
        }

        await AddGroupAsync("narrow", 40);

        var groups = await ServeAsync(40, count: 1);

        Assert.Equal(10, groups.Count(group => group == "wide"));
    }

    [Fact]
    public async Task Within_a_group_the_most_urgent_goes_first()
    {
        await AddAsync(New("t1", "a"), New("t2", "a") with { Priority = 2 }, New("t3", "a") with { Priority = 1 });

        Assert.Equal(["t2", "t3", "t1"], await LeaseIdsAsync(Ask(3)));
    }

    [Fact]
    public async Task A_group_that_was_idle_makes_up_for_no_turns()
    {
        await AddGroupAsync("idle", 1);
        await AddGroupAsync("busy", 100);
        await ServeAsync(51, count: 1);
        foreach (var i in Enumerable.Range(0, 50))
        {
            await AddAsync(New($"again-{i}", "idle"));
        }

        var groups = await ServeAsync(20, count: 1);

        Assert.InRange(groups.Count(group => group == "busy"), 9, 11);
    }

    [Fact]
    public async Task A_group_that_worked_alone_is_not_put_behind_one_that_comes_later()
    {
        await AddGroupAsync("first", 50);
        await ServeAsync(51, count: 1);
        await AddGroupAsync("second", 50);
        await ServeAsync(5, count: 1);
        foreach (var i in Enumerable.Range(0, 50))
        {
            await AddAsync(New($"again-{i}", "first"));
        }

        var groups = await ServeAsync(20, count: 1);

        Assert.InRange(groups.Count(group => group == "first"), 9, 11);
    }

    [Fact]
    public async Task A_group_that_its_limit_held_up_makes_up_for_no_turns()
    {
        await SetAsync(new GroupSettings { Queue = "default", Group = "held", MaxRunning = 1 });
        await AddGroupAsync("held", 50);
        await AddGroupAsync("busy", 100);
        Assert.Equal(1, (await ServeAsync(50, count: 1)).Count(group => group == "held"));
        await SetAsync(new GroupSettings { Queue = "default", Group = "held" });

        var groups = await ServeAsync(20, count: 1);

        Assert.InRange(groups.Count(group => group == "busy"), 9, 11);
    }

    [Fact]
    public async Task A_new_group_gets_no_more_than_its_share_beside_a_busy_and_a_held_up_one()
    {
        await SetAsync(new GroupSettings { Queue = "default", Group = "held", MaxRunning = 1 });
        await AddGroupAsync("held", 5);
        await AddGroupAsync("busy", 100);
        await ServeAsync(50, count: 1);
        await AddGroupAsync("new", 50);

        var groups = await ServeAsync(20, count: 1);

        Assert.InRange(groups.Count(group => group == "busy"), 9, 11);
    }

    [Fact]
    public async Task Tasks_of_no_group_take_their_place_by_urgency_beside_the_group_whose_turn_it_is()
    {
        await AddAsync(New("g1", "a"), New("plain-1"), New("g2", "a"), New("plain-2") with { Priority = 1 }, New("g3", "a") with { AvailableAt = Now + Second });

        Assert.Equal(["plain-2", "g1", "plain-1", "g2", "g3"], await LeaseIdsAsync(Ask(9), Now + Second));
    }

    [Fact]
    public async Task A_group_whose_tasks_the_worker_cannot_take_holds_nobody_up()
    {
        await AddAsync(New("t1", "a") with { Type = "other" }, New("t2", "b"), New("t3", "c") with { Assignment = new TaskAssignment { WorkerName = "nobody" } }, New("t4", "d"));

        Assert.Equal(["t2", "t4"], await LeaseIdsAsync(Ask(9) with { Types = ["test"] }));
        Assert.Equal(["t1"], await LeaseIdsAsync(Ask(9)));
    }

    [Fact]
    public async Task A_group_is_served_again_after_it_ran_empty()
    {
        await AddAsync(New("t1", "a"));
        await LeaseOneAsync();
        Assert.Empty(await LeaseAsync(Ask()));

        await AddAsync(New("t2", "a"), New("t3", "a") with { Delay = Minute });

        Assert.Equal(["t2"], await LeaseIdsAsync(Ask(9)));
        Assert.Empty(await LeaseAsync(Ask()));
        Assert.Equal(["t3"], await LeaseIdsAsync(Ask(9), Now + Minute));
    }

    [Fact]
    public async Task Hundreds_of_groups_all_get_their_turn()
    {
        await Store.AddAsync(Enumerable.Range(0, 900).Select(i => New($"t{i}", $"g{i % 300}")).ToValueList(), Now, Cancel);

        var first = await ServeAsync(60, count: 5);
        var second = await ServeAsync(3, count: 100);

        Assert.Equal(300, first.Distinct().Count());
        Assert.Equal(300, second.Distinct().Count());
    }

    private Task AddGroupAsync(string group, int count) => AddAsync([.. Enumerable.Range(0, count).Select(i => New($"{group}-{i}", group))]);

    private async Task<List<string>> ServeAsync(int calls, int count)
    {
        var groups = new List<string>();
        foreach (var _ in Enumerable.Range(0, calls))
        {
            groups.AddRange((await LeaseAsync(Ask(count))).Select(lease => lease.Task.Group!));
        }

        return groups;
    }
}
