using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Queue.Retention;
using Orchestrator.Queue.Tests.Schedules;
using Orchestrator.Storage;

namespace Orchestrator.Queue.Tests.Retention;

public sealed class RetentionRunnerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_look_comes_soon_and_then_one_every_hour_or_so()
    {
        var storage = new ScriptedMaintenance();
        await using var process = Process(storage);
        var start = process.Now;

        await RunAsync(process, looks: 6);

        var waits = storage.Looks.Zip(storage.Looks.Skip(1), (one, other) => other - one).ToList();
        Assert.Equal(6, storage.Looks.Count);
        Assert.InRange(storage.Looks[0] - start, TimeSpan.Zero, TimeSpan.FromMinutes(6));
        Assert.All(waits, wait => Assert.InRange(wait, TimeSpan.FromMinutes(54), TimeSpan.FromMinutes(66)));
        Assert.True(waits.Distinct().Count() > 1, "The waits are not by chance.");
        Assert.DoesNotContain(process.Logs.Entries, entry => entry.EventId.Id is 1160 or 1161);
    }

    [Fact]
    public async Task What_was_deleted_is_logged()
    {
        var storage = new ScriptedMaintenance(_ => new RetentionResult { Tasks = 7, Plans = 1, Keys = 2, Executions = 3 });
        var policy = new RetentionPolicy { Completed = TimeSpan.FromDays(1) };
        await using var process = Process(storage, options => options.Policy = policy);

        await RunAsync(process, looks: 1);

        Assert.Equal(policy, storage.Policy);
        var entry = Assert.Single(process.Logs.Entries, entry => entry.EventId.Id == 1160);
        Assert.Equal("Retention deleted 7 tasks, 1 plans, 2 deduplication keys and 3 executions.", entry.Message);
    }

    [Fact]
    public async Task A_database_that_cannot_be_used_now_is_tried_again_next_time()
    {
        var storage = new ScriptedMaintenance(look => look == 1 ? throw new StorageException(StorageErrorCodes.Busy, "Others write.", isTransient: true) : ScriptedMaintenance.Nothing);
        await using var process = Process(storage);

        await RunAsync(process, looks: 2);

        Assert.Equal(2, storage.Looks.Count);
        Assert.Single(process.Logs.Entries, entry => entry.EventId.Id == 1161);
    }

    [Fact]
    public async Task Finished_tasks_are_deleted_after_a_week_and_unfinished_ones_never()
    {
        await using var process = new ScheduleFixture();
        var queue = process.Services.GetRequiredService<ITaskQueue>();
        await queue.EnqueueAsync([new TaskSubmission { Id = "done", Type = "test", Payload = "1" }, new TaskSubmission { Id = "waits", Type = "test", Payload = "1" }], Cancel);
        await process.Services.GetRequiredService<ITaskAdministration>().CancelAsync("done", Cancel);

        process.Time.Advance(TimeSpan.FromDays(6.9));
        await RunAsync(process, looks: 1);
        Assert.Equal(["done", "waits"], await process.TasksAsync());
        process.Time.Advance(TimeSpan.FromDays(0.2));
        await RunAsync(process, looks: 1);

        Assert.Equal(["waits"], await process.TasksAsync());
    }

    [Fact]
    public void Wrong_options_are_named()
    {
        var result = new TaskRetentionOptionsValidator().Validate(null, new TaskRetentionOptions { Interval = TimeSpan.Zero, Policy = new RetentionPolicy { Discarded = TimeSpan.FromDays(-1), RoutingDecisions = -TimeSpan.FromTicks(1), RoutingBudgets = TimeSpan.MinValue, RoutingState = TimeSpan.MinValue, Containers = TimeSpan.MinValue } });

        Assert.Equal(6, result.Failures!.Count());
        Assert.Contains(result.Failures!, failure => failure.Contains("Interval", StringComparison.Ordinal));
        Assert.All(
            (string[])["Policy.Discarded", "Policy.RoutingDecisions", "Policy.RoutingBudgets", "Policy.RoutingState", "Policy.Containers"],
            name => Assert.Contains(result.Failures!, failure => failure.Contains(name, StringComparison.Ordinal)));
    }

    private static ScheduleFixture Process(IStorageMaintenance storage, Action<TaskRetentionOptions>? configure = null) =>
        new(services => services.AddSingleton(storage).Configure(configure ?? (_ => { })));

    // A look has come to its end when the next wait has begun.
    private static async Task RunAsync(ScheduleFixture process, int looks)
    {
        using var runner = ActivatorUtilities.CreateInstance<RetentionRunner>(
            process.Services, process.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<TaskRetentionOptions>>().Value, Orchestrator.Testing.SeededRandom.Create(7));
        await runner.StartAsync(Cancel);
        for (var look = 0; look < looks; look++)
        {
            await process.Time.WaitForTimerAsync(1, Cancel);
            process.Time.Advance(process.Time.NextDue!.Value - process.Now);
        }

        await process.Time.WaitForTimerAsync(1, Cancel);
        await runner.StopAsync(Cancel);
    }
}
