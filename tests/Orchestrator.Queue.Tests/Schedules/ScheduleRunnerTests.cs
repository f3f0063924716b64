using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestrator.Queue.Schedules;
using Orchestrator.Storage;

namespace Orchestrator.Queue.Tests.Schedules;

public sealed class ScheduleRunnerTests
{
    private static CancellationToken Cancel => ScheduleFixture.Cancel;

    [Fact]
    public async Task A_schedule_enqueues_its_task_at_its_time_and_moves_on()
    {
        await using var process = new ScheduleFixture();
        await process.Schedules.PutAsync(ScheduleFixture.Schedule("s") with { Cron = "*/10 * * * *" }, Cancel);
        await process.Runner.RunDueAsync(Cancel);
        Assert.Empty(await process.TasksAsync());
        process.Time.Advance(TimeSpan.FromMinutes(10));

        await process.Runner.RunDueAsync(Cancel);

        var at = process.Now;
        var id = ScheduleTimes.TaskId("s", at);
        Assert.Equal([id], await process.TasksAsync());
        Assert.Equal("""{"a":1}""", (await process.Store.GetAsync(id, Cancel))!.Payload);
        var status = await process.Schedules.GetAsync("s", Cancel);
        Assert.Equal((at.AddMinutes(10), at, id), (status!.NextAt, status.LastAt, status.LastTaskId));
    }

    [Fact]
    public async Task The_runner_sleeps_exactly_until_the_next_time_and_no_longer_than_the_poll()
    {
        await using var process = new ScheduleFixture();
        Assert.Equal(TimeSpan.FromSeconds(30), await process.Runner.RunDueAsync(Cancel));
        await process.Schedules.PutAsync(ScheduleFixture.Schedule("far") with { Cron = "@daily" }, Cancel);
        Assert.Equal(TimeSpan.FromSeconds(30), await process.Runner.RunDueAsync(Cancel));

        await process.Schedules.PutAsync(ScheduleFixture.Schedule("near") with { Interval = TimeSpan.FromSeconds(7) }, Cancel);

        Assert.Equal(TimeSpan.FromSeconds(7), await process.Runner.RunDueAsync(Cancel));
    }

    [Fact]
    public async Task A_schedule_that_is_put_wakes_the_runner_of_its_process()
    {
        await using var process = new ScheduleFixture();
        var woken = process.Services.GetRequiredService<ScheduleWake>().WaitAsync(TimeSpan.FromHours(1), process.Time, Cancel).AsTask();

        await process.Schedules.PutAsync(ScheduleFixture.Schedule("s") with { Cron = "@daily" }, Cancel);

        await woken;
        Assert.True(woken.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_started_runner_enqueues_when_the_time_comes()
    {
        await using var process = new ScheduleFixture();
        await process.Schedules.PutAsync(ScheduleFixture.Schedule("s") with { Interval = TimeSpan.FromSeconds(20) }, Cancel);
        using var queue = process.Services.GetRequiredService<Orchestrator.Queue.Signals.TaskSignals>().WatchQueue(TaskSubmission.DefaultQueue);
        await process.Runner.StartAsync(Cancel);
        await process.Time.WaitForTimerAsync(1, Cancel);

        process.Time.Advance(TimeSpan.FromSeconds(20));
        await queue.WaitAsync(TimeSpan.FromDays(1), Cancel);

        Assert.Single(await process.TasksAsync());
        await process.Runner.StopAsync(Cancel);
    }

    [Fact]
    public async Task Of_several_processes_each_time_is_enqueued_once()
    {
        await using var one = new ScheduleFixture();
        await using var two = new ScheduleFixture(other: one);
        await using var three = new ScheduleFixture(other: one);
        await one.Schedules.PutAsync(ScheduleFixture.Schedule("s") with { Interval = TimeSpan.FromSeconds(1) }, Cancel);
        await one.Schedules.PutAsync(ScheduleFixture.Schedule("t") with { Interval = TimeSpan.FromSeconds(2) }, Cancel);

        for (var second = 0; second < 20; second++)
        {
            one.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAll(new[] { one, two, three }.Select(process => Task.Run(async () => await process.Runner.RunDueAsync(Cancel), Cancel)));
        }

        Assert.Equal(30, (await one.TasksAsync()).Length);
        var fired = new[] { one, two, three }.Sum(process => process.Logs.Entries.Count(entry => entry.EventId.Id == 1150));
        Assert.Equal(30, fired);
    }

    [Theory]
    [InlineData(MisfirePolicy.FireOnce, 1)]
    [InlineData(MisfirePolicy.FireAll, 5)]
    [InlineData(MisfirePolicy.Skip, 0)]
    public async Task Times_that_passed_while_nobody_was_there_are_handled_by_the_policy(MisfirePolicy policy, int expected)
    {
        await using var process = new ScheduleFixture();
        var start = process.Now;
        await process.Schedules.PutAsync(ScheduleFixture.Schedule("s") with { Cron = "0 * * * *", Misfire = policy }, Cancel);
        process.Time.Advance(TimeSpan.FromHours(5.5));

        await process.Runner.RunDueAsync(Cancel);

        Assert.Equal(expected, (await process.TasksAsync()).Length);
        Assert.Equal(start.AddHours(6), (await process.Schedules.GetAsync("s", Cancel))!.NextAt);
        Assert.Single(process.Logs.Entries, entry => entry.EventId.Id == 1151);
    }

    [Fact]
    public async Task A_paused_schedule_moves_on_silently()
    {
        await using var process = new ScheduleFixture();
        var start = process.Now;
        await process.Schedules.PutAsync(ScheduleFixture.Schedule("s") with { Cron = "0 * * * *", IsPaused = true }, Cancel);
        process.Time.Advance(TimeSpan.FromHours(5.5));

        await process.Runner.RunDueAsync(Cancel);

        Assert.Empty(await process.TasksAsync());
        Assert.Equal(start.AddHours(6), (await process.Schedules.GetAsync("s", Cancel))!.NextAt);
        Assert.DoesNotContain(process.Logs.Entries, entry => entry.EventId.Id is 1150 or 1151);
    }

    [Fact]
    public async Task A_deduplication_key_keeps_runs_from_overlapping()
    {
        await using var process = new ScheduleFixture();
        var schedule = ScheduleFixture.Schedule("s");
        await process.Schedules.PutAsync(schedule with { Interval = TimeSpan.FromSeconds(10), Task = schedule.Task with { DeduplicationKey = "one at a time" } }, Cancel);
        process.Time.Advance(TimeSpan.FromSeconds(10));
        await process.Runner.RunDueAsync(Cancel);
        process.Time.Advance(TimeSpan.FromSeconds(10));

        await process.Runner.RunDueAsync(Cancel);

        Assert.Single(await process.TasksAsync());
        Assert.Equal(process.Now.AddSeconds(10), (await process.Schedules.GetAsync("s", Cancel))!.NextAt);
    }

    [Fact]
    public async Task A_schedule_that_has_ended_enqueues_no_more()
    {
        await using var process = new ScheduleFixture();
        await process.Schedules.PutAsync(ScheduleFixture.Schedule("s") with { Interval = TimeSpan.FromSeconds(10), EndsAt = process.Now.AddSeconds(15) }, Cancel);
        process.Time.Advance(TimeSpan.FromSeconds(10));
        await process.Runner.RunDueAsync(Cancel);
        process.Time.Advance(TimeSpan.FromSeconds(60));

        await process.Runner.RunDueAsync(Cancel);

        Assert.Single(await process.TasksAsync());
        Assert.Null((await process.Schedules.GetAsync("s", Cancel))!.NextAt);
    }

    [Fact]
    public async Task One_broken_schedule_does_not_stop_the_others()
    {
        await using var sound = new ScheduleFixture();
        var store = sound.Services.GetRequiredService<ITaskScheduleStore>();
        await using var process = new ScheduleFixture(services => services.AddSingleton<ITaskScheduleStore>(new BreakingScheduleStore(store, "broken")), sound);
        await sound.Schedules.PutAsync(ScheduleFixture.Schedule("broken") with { Interval = TimeSpan.FromSeconds(10) }, Cancel);
        await sound.Schedules.PutAsync(ScheduleFixture.Schedule("sound") with { Interval = TimeSpan.FromSeconds(12) }, Cancel);
        process.Time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(TimeSpan.FromSeconds(2), await process.Runner.RunDueAsync(Cancel));
        process.Time.Advance(TimeSpan.FromSeconds(2));
        await process.Runner.RunDueAsync(Cancel);

        Assert.Equal([ScheduleTimes.TaskId("sound", process.Now)], await process.TasksAsync());
        Assert.Equal(2, process.Logs.Entries.Count(entry => entry.EventId.Id == 1152 && entry.Level == LogLevel.Error));
    }

    [Fact]
    public async Task A_schedule_that_cannot_be_read_does_not_stop_the_others_and_is_told()
    {
        await using var process = new ScheduleFixture(services => services.AddTaskQueue().AddSchedule(ScheduleFixture.Schedule("broken") with { Interval = TimeSpan.FromSeconds(10) }));
        await process.Schedules.PutAsync(ScheduleFixture.Schedule("broken") with { Interval = TimeSpan.FromSeconds(10) }, Cancel);
        await process.Schedules.PutAsync(ScheduleFixture.Schedule("sound") with { Interval = TimeSpan.FromSeconds(12) }, Cancel);
        await process.BreakAsync("broken");
        process.Time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(TimeSpan.FromSeconds(2), await process.Runner.RunDueAsync(Cancel));
        process.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(TimeSpan.FromSeconds(12), await process.Runner.RunDueAsync(Cancel));

        Assert.Equal([ScheduleTimes.TaskId("sound", process.Now)], await process.TasksAsync());
        Assert.Equal(["sound"], (await process.Schedules.ListAsync(Cancel)).Select(status => status.Schedule.Id));
        Assert.Equal(3, process.Logs.Entries.Count(entry => entry.EventId.Id == 1154 && entry.Level == LogLevel.Error && entry.Message.Contains("broken", StringComparison.Ordinal)));
        var error = await Assert.ThrowsAsync<StorageException>(async () => await process.Schedules.GetAsync("broken", Cancel));
        Assert.Equal(StorageErrorCodes.Unreadable, error.Code);

        await process.Services.GetServices<IHostedService>().OfType<ScheduleSeeds>().Single().StartAsync(Cancel);
        Assert.Equal(process.Now.AddSeconds(10), (await process.Schedules.GetAsync("broken", Cancel))!.NextAt);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(9_999)]
    public async Task A_schedule_that_starts_and_ends_at_one_instant_enqueues_once_however_fine_the_instant(int ticks)
    {
        await using var process = new ScheduleFixture();
        var at = process.Now.AddMinutes(1).AddTicks(ticks);
        await process.Schedules.PutAsync(ScheduleFixture.Schedule("s") with { Interval = TimeSpan.FromHours(1), StartsAt = at, EndsAt = at }, Cancel);
        process.Time.Advance(TimeSpan.FromMinutes(1)); // To the millisecond that the instant lies in.

        await process.Runner.RunDueAsync(Cancel);

        Assert.Equal([ScheduleTimes.TaskId("s", at)], await process.TasksAsync());
        Assert.Null((await process.Schedules.GetAsync("s", Cancel))!.NextAt);
    }

    [Fact]
    public async Task A_process_that_is_told_not_to_enqueues_nothing()
    {
        await using var process = new ScheduleFixture(services => services.Configure<TaskScheduleOptions>(options => options.IsEnabled = false));
        var hosted = process.Services.GetServices<IHostedService>().OfType<Orchestrator.Queue.Plans.HostedRunner<ScheduleRunner>>().Single();

        await hosted.StartAsync(Cancel);
        await hosted.StopAsync(Cancel);

        Assert.Equal(0, process.Time.ArmedTimers);
    }

    [Fact]
    public async Task Schedules_that_code_names_are_put_when_the_host_starts_and_wrong_ones_refused_at_once()
    {
        await using var process = new ScheduleFixture(services => services.AddTaskQueue().AddSchedule(ScheduleFixture.Schedule("s") with { Cron = "@daily" }));

        await process.Services.GetServices<IHostedService>().OfType<ScheduleSeeds>().Single().StartAsync(Cancel);

        Assert.NotNull(await process.Schedules.GetAsync("s", Cancel));
        Assert.Throws<ArgumentException>(() => new ServiceCollection().AddTaskQueue().AddSchedule(ScheduleFixture.Schedule("s") with { Cron = "@never" }));
    }

    [Fact]
    public async Task A_schedule_that_an_operator_paused_stays_so_when_a_host_starts()
    {
        var schedule = ScheduleFixture.Schedule("s") with { Cron = "@daily" };
        await using var process = new ScheduleFixture(services => services.AddTaskQueue().AddSchedule(schedule with { Misfire = MisfirePolicy.Skip }));
        await process.Schedules.PutAsync(schedule with { IsPaused = true }, Cancel);

        await process.Services.GetServices<IHostedService>().OfType<ScheduleSeeds>().Single().StartAsync(Cancel);

        var put = (await process.Schedules.GetAsync("s", Cancel))!.Schedule;
        Assert.Equal((true, MisfirePolicy.Skip), (put.IsPaused, put.Misfire));
    }
}
