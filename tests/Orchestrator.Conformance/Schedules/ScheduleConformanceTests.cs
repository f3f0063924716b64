using Orchestrator.Queue;
using Orchestrator.Queue.Schedules;
using Orchestrator.Storage;
using static Orchestrator.Conformance.QueueScript;

namespace Orchestrator.Conformance.Schedules;

/// <summary>What every <see cref="ITaskScheduleStore"/> must do. Each test starts with an empty database.</summary>
public abstract class ScheduleConformanceTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private StorageSeams _seams = null!;

    /// <summary>Opens the test's database: once more each time it is called, as another process would.</summary>
    protected abstract StorageSeams Open();

    /// <summary>Writes what a schedule's row holds, behind the back of the store.</summary>
    protected abstract Task WriteRowAsync(string scheduleId, string json);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _seams = Open();
        await _seams.Store.InitializeAsync(Cancel);
    }

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_schedule_is_kept_as_it_was_put()
    {
        var schedule = new TaskSchedule
        {
            Id = "nightly",
            Cron = "0 3 * * *",
            TimeZone = "Europe/Berlin",
            StartsAt = Now,
            EndsAt = Now.AddDays(30),
            Misfire = MisfirePolicy.FireAll,
            MaxBackfill = 7,
            IsPaused = true,
            Task = Submission("ignored") with { Queue = "q", Priority = 3, Group = "acme", Payload = """{"text":"ä€😀"}""", Timeout = Minute, MaxAttempts = 4 },
        };

        var put = await _seams.Schedules.PutAsync(schedule, Now + Minute, Now, Cancel);

        Assert.Equal(new ScheduleStatus { Schedule = schedule, NextAt = Now + Minute, CreatedAt = Now }, put);
        Assert.Equal(new StoredSchedule { Id = "nightly", NextAt = Now + Minute, Status = put }, await Open().Schedules.GetAsync("nightly", Cancel));
        Assert.Null(await _seams.Schedules.GetAsync("none", Cancel));
    }

    [Fact]
    public async Task Putting_again_replaces_the_schedule_and_keeps_what_it_did()
    {
        var first = await PutAsync("s", Now);
        await _seams.Schedules.FireAsync(first, [Submission("s-1")], Now + Minute, Now, Cancel);
        var changed = first.Schedule with { Interval = TimeSpan.FromHours(1) };

        var put = await _seams.Schedules.PutAsync(changed, null, Now + Minute, Cancel);

        Assert.Equal(new ScheduleStatus { Schedule = changed, LastAt = Now, LastTaskId = "s-1", CreatedAt = Now }, put);
    }

    [Fact]
    public async Task Schedules_are_listed_by_id_and_removed_once()
    {
        await PutAsync("b", Now);
        await PutAsync("a", null);

        Assert.Equal(["a", "b"], (await _seams.Schedules.ListAsync(Cancel)).Select(found => found.Id));
        Assert.Equal((true, false), (await _seams.Schedules.RemoveAsync("a", Cancel), await _seams.Schedules.RemoveAsync("a", Cancel)));
        Assert.Equal(["b"], (await _seams.Schedules.ListAsync(Cancel)).Select(found => found.Id));
    }

    [Fact]
    public async Task Due_schedules_are_the_earliest_first_paused_ones_too()
    {
        Assert.Null(await _seams.Schedules.GetNextAsync(Cancel));
        await PutAsync("ended", null);
        await PutAsync("future", Now + Minute);
        await PutAsync("late", Now - Minute);
        await PutAsync("now", Now, isPaused: true);
        await PutAsync("latest", Now - (2 * Minute));

        Assert.Equal(["latest", "late", "now"], await DueAsync(10));
        Assert.Equal(["latest"], await DueAsync(1));
        Assert.Equal(Now - (2 * Minute), await _seams.Schedules.GetNextAsync(Cancel));
    }

    [Fact]
    public async Task Firing_enqueues_and_moves_on_in_one_transaction()
    {
        var due = await PutAsync("s", Now);

        Assert.True(await _seams.Schedules.FireAsync(due, [Submission("s-1"), Submission("s-2")], Now + Minute, Now, Cancel));

        Assert.Equal(due with { NextAt = Now + Minute, LastAt = Now, LastTaskId = "s-2" }, await FindAsync("s"));
        Assert.Equal(["s-2", "s-1"], await TasksAsync());
    }

    [Fact]
    public async Task A_schedule_that_was_read_too_long_ago_does_not_fire()
    {
        var due = await PutAsync("s", Now);
        await _seams.Schedules.FireAsync(due, [Submission("s-1")], Now + Minute, Now, Cancel);

        Assert.False(await _seams.Schedules.FireAsync(due, [Submission("s-2")], Now + (5 * Minute), Now, Cancel));
        await _seams.Schedules.RemoveAsync("s", Cancel);
        Assert.False(await _seams.Schedules.FireAsync(due with { NextAt = Now + Minute }, [Submission("s-3")], null, Now, Cancel));
        Assert.False(await _seams.Schedules.FireAsync(due with { NextAt = null }, [Submission("s-4")], null, Now, Cancel));

        Assert.Equal(["s-1"], await TasksAsync());
    }

    [Fact]
    public async Task A_task_whose_id_or_key_is_taken_is_left_out()
    {
        await _seams.Store.AddAsync([Submission("s-1"), Submission("holder") with { DeduplicationKey = "key" }], Now, Cancel);
        var due = await PutAsync("s", Now);

        Assert.True(await _seams.Schedules.FireAsync(
            due, [Submission("s-1"), Submission("s-2"), Submission("s-3") with { DeduplicationKey = "key" }], Now + Minute, Now, Cancel));

        Assert.Equal(["s-2", "holder", "s-1"], await TasksAsync());
        Assert.Equal("s-2", (await FindAsync("s")).LastTaskId);
    }

    [Fact]
    public async Task A_paused_schedule_moves_on_without_tasks()
    {
        var due = await PutAsync("s", Now, isPaused: true);

        Assert.True(await _seams.Schedules.FireAsync(due, [], Now + Minute, Now, Cancel));

        Assert.Equal(due with { NextAt = Now + Minute }, await FindAsync("s"));
    }

    [Fact]
    public async Task A_schedule_that_has_ended_is_never_due_again()
    {
        var due = await PutAsync("s", Now);

        await _seams.Schedules.FireAsync(due, [Submission("s-1")], null, Now, Cancel);

        Assert.Empty(await DueAsync(10));
        Assert.Null(await _seams.Schedules.GetNextAsync(Cancel));
        Assert.Equal(Now, (await FindAsync("s")).LastAt);
    }

    [Fact]
    public async Task However_many_fire_at_once_each_time_is_enqueued_once()
    {
        await PutAsync("s", Now);
        var processes = Enumerable.Range(0, 4).Select(_ => Open()).ToList();

        var fired = await Task.WhenAll(Enumerable.Range(0, 16).Select(caller => Task.Run(
            async () =>
            {
                var schedules = processes[caller % processes.Count].Schedules;
                var count = 0;
                for (var round = 0; round < 10; round++)
                {
                    var due = (await schedules.GetAsync("s", Cancel))!.Status!;
                    count += await schedules.FireAsync(due, [Submission($"s-{round}-{caller}")], due.NextAt + Minute, Now, Cancel) ? 1 : 0;
                }

                return count;
            },
            Cancel)));

        var end = await FindAsync("s");
        Assert.Equal(fired.Sum(), (await TasksAsync()).Count());
        Assert.Equal(Now + (fired.Sum() * Minute), end.NextAt);
        Assert.Equal(end.NextAt - Minute, end.LastAt);
    }

    [Theory]
    [InlineData("{\"id\":\"broken\",\"task\":{\"id\":\"t\",\"type\":\"t\",\"payload\":\"secret")]
    [InlineData("{}")]
    [InlineData("{\"id\":\"broken\",\"interval\":\"00:00:00\",\"task\":{\"id\":\"t\",\"type\":\"t\",\"payload\":\"1\"}}")]
    [InlineData("null")]
    [InlineData("")]
    public async Task A_schedule_that_cannot_be_read_is_found_beside_the_others_and_mended_by_putting_it_again(string json)
    {
        await PutAsync("broken", Now - Minute);
        await PutAsync("sound", Now);
        await WriteRowAsync("broken", json);

        var found = (await _seams.Schedules.GetAsync("broken", Cancel))!;

        Assert.Equal(("broken", Now - Minute, null), (found.Id, found.NextAt, found.Status));
        Assert.NotNull(found.Problem);
        Assert.DoesNotContain("secret", found.Problem, StringComparison.Ordinal);
        Assert.Equal(["broken", "sound"], (await _seams.Schedules.ListAsync(Cancel)).Select(schedule => schedule.Id));
        Assert.Equal(["broken", "sound"], await DueAsync(10));
        var mended = await PutAsync("broken", Now);
        Assert.Equal(mended, await FindAsync("broken"));
    }

    private async Task<ScheduleStatus> FindAsync(string id) => (await _seams.Schedules.GetAsync(id, Cancel))!.Status!;

    private async Task<ScheduleStatus> PutAsync(string id, DateTimeOffset? nextAt, bool isPaused = false) => await _seams.Schedules.PutAsync(
        new TaskSchedule { Id = id, Interval = Minute, IsPaused = isPaused, Task = Submission("ignored") }, nextAt, Now, Cancel);

    private async Task<IEnumerable<string>> DueAsync(int limit) => (await _seams.Schedules.ListDueAsync(Now, limit, Cancel)).Select(found => found.Id);

    private async Task<IEnumerable<string>> TasksAsync() => (await _seams.Operations.ListAsync(new TaskQuery { Limit = 1000 }, Cancel)).Select(task => task.Id);
}
