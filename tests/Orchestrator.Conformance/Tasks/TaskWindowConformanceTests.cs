using Orchestrator.Queue;
using Orchestrator.Storage;

namespace Orchestrator.Conformance.Tasks;

/// <summary>Tasks of an <see cref="ITaskStore"/> that may be started only at certain hours. It is midnight UTC when they begin, a Thursday.</summary>
public abstract class TaskWindowConformanceTests : TaskStoreScenario
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TaskWindow TwoToFour = new() { From = new TimeOnly(2, 0), To = new TimeOnly(4, 0) };

    [Fact]
    public async Task A_task_waits_until_its_window_opens()
    {
        await AddAsync(New("t1") with { Window = TwoToFour }, New("t2", "g") with { Window = TwoToFour });

        Assert.Equal((QueuedTaskState.Scheduled, Now + (2 * Hour)), await TimeAsync("t1"));
        Assert.Equal(Now + (2 * Hour), await Store.GetNextDueAsync("default", Now, Cancel));
        Assert.Empty(await LeaseAsync(Ask(9), Now + (2 * Hour) - TimeSpan.FromMilliseconds(1)));
        Assert.Equal(["t1", "t2"], await LeaseIdsAsync(Ask(9), Now + (2 * Hour)));
    }

    [Fact]
    public async Task A_task_that_is_added_while_its_window_is_open_runs_at_once()
    {
        await AddAsync(Now + (3 * Hour), New("t1") with { Window = TwoToFour });

        Assert.Single(await LeaseAsync(Ask(), Now + (3 * Hour)));
    }

    [Fact]
    public async Task A_task_that_was_not_started_in_time_waits_for_the_next_opening()
    {
        await AddAsync(Now + (3 * Hour), New("t1") with { Window = TwoToFour }, New("t2", "g") with { Window = TwoToFour });

        Assert.Empty(await LeaseAsync(Ask(9), Now + (4 * Hour)));
        Assert.Empty(await LeaseAsync(Ask() with { TaskId = "t1" }, Now + (5 * Hour)));
        Assert.Equal((QueuedTaskState.Scheduled, Now + (26 * Hour)), await TimeAsync("t1"));
        Assert.Equal(["t1", "t2"], await LeaseIdsAsync(Ask(9), Now + (26 * Hour)));
    }

    [Fact]
    public async Task A_window_that_nobody_was_there_for_is_missed()
    {
        await AddAsync(New("t1") with { Window = TwoToFour });

        Assert.Empty(await LeaseAsync(Ask(), Now + (10 * Hour)));
        Assert.Equal((QueuedTaskState.Scheduled, Now + (26 * Hour)), await TimeAsync("t1"));
    }

    [Fact]
    public async Task The_window_opens_at_or_after_the_time_that_the_task_waits_for()
    {
        await AddAsync(New("t1") with { Window = TwoToFour, Delay = 3 * Hour }, New("t2") with { Window = TwoToFour, AvailableAt = Now + (4 * Hour) });

        Assert.Equal((QueuedTaskState.Scheduled, Now + (3 * Hour)), await TimeAsync("t1"));
        Assert.Equal((QueuedTaskState.Scheduled, Now + (26 * Hour)), await TimeAsync("t2"));
    }

    [Fact]
    public async Task A_retry_that_falls_outside_the_window_waits_for_the_next_opening()
    {
        await AddAsync(New("t1") with { Window = TwoToFour, MaxAttempts = 2 });
        var lease = await LeaseOneAsync(Now + (3 * Hour));

        await EndAsync(TaskOutcome.Failed(lease.Token, Transient, 2 * Hour), Now + (3 * Hour));

        Assert.Empty(await LeaseAsync(Ask(), Now + (5 * Hour)));
        Assert.Empty(await LeaseAsync(Ask(), Now + (26 * Hour) - TimeSpan.FromMilliseconds(1)));
        Assert.Single(await LeaseAsync(Ask(), Now + (26 * Hour)));
    }

    [Fact]
    public async Task What_a_dead_worker_held_is_not_started_outside_its_window()
    {
        await AddAsync(New("t1") with { Window = TwoToFour });
        await LeaseOneAsync(Now + (2 * Hour));

        await Store.ReclaimAsync(Worker.Id, Now + (5 * Hour), Cancel);

        Assert.Empty(await LeaseAsync(Ask(), Now + (5 * Hour)));
        Assert.Single(await LeaseAsync(Ask(), Now + (26 * Hour)));
    }

    [Fact]
    public async Task A_task_that_runs_when_its_window_closes_goes_on()
    {
        await AddAsync(New("t1") with { Window = TwoToFour });
        var lease = await LeaseOneAsync(Now + (3 * Hour));

        Assert.Equal(LeaseStatus.Held, Assert.Single(await Store.RenewAsync([lease.Token], Minute, Now + (5 * Hour), Cancel)).Status);
        Assert.Equal(LeaseStatus.Held, await EndAsync(TaskOutcome.Completed(lease.Token), Now + (5 * Hour)));
    }

    [Fact]
    public async Task A_window_over_midnight_belongs_to_the_day_on_which_it_begins()
    {
        await AddAsync(New("t1") with { Window = new TaskWindow { From = new TimeOnly(23, 0), To = new TimeOnly(1, 0), Days = [DayOfWeek.Wednesday] } });
        await AddAsync(New("t2") with { Window = new TaskWindow { From = new TimeOnly(23, 0), To = new TimeOnly(1, 0), Days = [DayOfWeek.Thursday] } });

        Assert.Equal(["t1"], await LeaseIdsAsync(Ask(9)));
        Assert.Equal((QueuedTaskState.Scheduled, Now + (23 * Hour)), await TimeAsync("t2"));
        Assert.Equal(["t2"], await LeaseIdsAsync(Ask(9), Now + (24.5 * Hour)));
    }

    [Fact]
    public async Task A_window_that_is_always_open_never_holds_a_task_up()
    {
        await AddAsync(New("t1") with { Window = new TaskWindow { From = new TimeOnly(9, 0), To = new TimeOnly(9, 0) } });

        Assert.Equal(["t1"], await LeaseIdsAsync(Ask(), Now + (100 * Hour)));
    }

    [Fact]
    public async Task A_window_keeps_the_hours_of_its_time_zone_when_the_clock_changes()
    {
        var window = TwoToFour with { From = new TimeOnly(12, 0), To = new TimeOnly(13, 0), TimeZone = "Europe/Berlin" };
        var winter = new DateTimeOffset(2026, 3, 28, 0, 0, 0, TimeSpan.Zero);

        await AddAsync(winter, New("t1") with { Window = window });
        await AddAsync(winter.AddDays(1), New("t2") with { Window = window });

        Assert.Equal((QueuedTaskState.Scheduled, winter.AddHours(11)), await TimeAsync("t1"));
        Assert.Equal((QueuedTaskState.Scheduled, winter.AddDays(1).AddHours(10)), await TimeAsync("t2"));
    }

    [Fact]
    public async Task A_window_in_a_time_zone_that_nobody_knows_is_refused()
    {
        var submission = New("t1") with { Window = TwoToFour with { TimeZone = "Mars/Olympus" } };

        var error = await Assert.ThrowsAsync<ArgumentException>(async () => await AddAsync(submission));

        Assert.Contains("Mars/Olympus", error.Message, StringComparison.Ordinal);
        Assert.Null(await Store.GetAsync("t1", Cancel));
    }

    private async Task<(QueuedTaskState State, DateTimeOffset At)> TimeAsync(string id)
    {
        var task = await GetAsync(id);
        return (task.State, task.AvailableAt);
    }
}
