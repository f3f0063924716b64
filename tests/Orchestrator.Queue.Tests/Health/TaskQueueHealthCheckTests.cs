using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Orchestrator.Queue.Health;
using Orchestrator.Queue.Workers;

namespace Orchestrator.Queue.Tests.Health;

public sealed class TaskQueueHealthCheckTests
{
    [Fact]
    public async Task A_queue_with_a_running_worker_is_healthy()
    {
        await using var queue = new TestQueue((_, _) => ValueTask.FromResult(TaskHandlerResult.Completed()));
        await queue.StartAsync();
        await queue.EnqueueAsync("t1");
        await queue.FinishedAsync("t1");

        var result = await CheckAsync(queue);

        Assert.Equal((HealthStatus.Healthy, 0L), (result.Status, result.Data["available"]));
    }

    [Fact]
    public async Task A_worker_that_has_not_started_or_has_stopped_is_unhealthy()
    {
        await using var queue = new TestQueue((_, _) => ValueTask.FromResult(TaskHandlerResult.Completed()));

        var before = await CheckAsync(queue);
        await queue.StartAsync();
        await queue.StopAsync();
        var after = await CheckAsync(queue);

        Assert.Equal((HealthStatus.Unhealthy, HealthStatus.Unhealthy), (before.Status, after.Status));
        Assert.Contains("'default' does not run", after.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void A_worker_that_has_not_looked_at_the_queue_for_long_is_in_trouble()
    {
        var time = new Testing.ManualTimeProvider();
        var health = new WorkerHealth("w", time);
        health.Begin(TimeSpan.FromSeconds(5));
        time.Advance(TimeSpan.FromSeconds(35));
        Assert.Null(health.Trouble());

        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Contains("36 s", health.Trouble(), StringComparison.Ordinal);
        health.Succeeded();
        Assert.Null(health.Trouble());
    }

    [Fact]
    public void A_worker_that_cannot_reach_the_queue_says_why()
    {
        var health = new WorkerHealth("w", TimeProvider.System);
        health.Begin(TimeSpan.FromSeconds(5));

        health.Failed(new Storage.StorageException("storage.busy", "busy"));

        Assert.Contains("storage.busy", health.Trouble(), StringComparison.Ordinal);
    }

    private static Task<HealthCheckResult> CheckAsync(TestQueue queue)
    {
        var check = queue.Services.GetRequiredService<TaskQueueHealthCheck>();
        var context = new HealthCheckContext { Registration = new HealthCheckRegistration("queue", check, HealthStatus.Unhealthy, []) };
        return check.CheckHealthAsync(context, TestQueue.Cancel);
    }
}
