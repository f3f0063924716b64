using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Queue.Workers;
using Orchestrator.Testing;

namespace Orchestrator.Queue.Tests.Handlers;

public sealed class TypedHandlerTests
{
    private static CancellationToken Cancel => TestQueue.Cancel;

    [Fact]
    public async Task A_typed_handler_gets_its_payload()
    {
        await using var queue = await StartAsync();

        Assert.Equal("5", (await RunAsync(queue, """{"width":2,"height":3}""", 1)).Result);
    }

    [Fact]
    public async Task An_older_payload_is_brought_to_the_version_that_the_handler_knows()
    {
        await using var queue = await StartAsync(builder => builder
            .AddUpcaster("resize", 2, old => JsonSerializer.SerializeToElement(new { width = old.GetProperty("w").GetInt32(), height = old.GetProperty("h").GetInt32() }))
            .AddUpcaster("resize", 1, old => JsonSerializer.SerializeToElement(new { w = old.GetInt32(), h = old.GetInt32() })));

        Assert.Equal("8", (await RunAsync(queue, "4", 1)).Result);
        Assert.Equal("7", (await RunAsync(queue, """{"w":3,"h":4}""", 2)).Result);
        Assert.Equal("9", (await RunAsync(queue, """{"width":4,"height":5}""", 3)).Result);
    }

    [Fact]
    public async Task A_payload_that_an_upcaster_cannot_read_fails_for_good()
    {
        await using var queue = await StartAsync(builder => builder.AddUpcaster("resize", 1, old => old.GetProperty("inner")));

        var task = await RunAsync(queue, """{"other":1}""", 1);

        Assert.Equal((QueuedTaskState.Discarded, "invalid_payload"), (task.State, task.Failure!.Code));
    }

    [Fact]
    public async Task Whatever_an_upcaster_throws_fails_the_task_for_good()
    {
        await using var queue = await StartAsync(builder => builder.AddUpcaster("resize", 1, _ => throw new TimeoutException()));

        Assert.Equal("invalid_payload", (await RunAsync(queue, "{}", 1)).Failure!.Code);
    }

    [Fact]
    public async Task A_payload_older_than_all_that_is_known_fails_for_good()
    {
        await using var queue = await StartAsync(builder => builder.AddUpcaster("resize", 2, old => old));

        Assert.Equal("invalid_payload", (await RunAsync(queue, "{}", 1)).Failure!.Code);
    }

    [Fact]
    public async Task A_payload_newer_than_the_handler_is_left_to_a_newer_worker()
    {
        await using var queue = await StartAsync();
        await EnqueueAsync(queue, "t1", "{}", 2);

        await queue.Logs.WaitForAsync(entry => entry.EventId.Id == 1101, Cancel);

        var task = await queue.GetAsync("t1");
        Assert.Equal((QueuedTaskState.Scheduled, 0, ManualTimeProvider.DefaultStart.AddSeconds(30)), (task.State, task.Attempt, task.AvailableAt));
        Assert.Contains(queue.Logs.Entries, entry => entry.EventId.Id == 1112);
    }

    [Fact]
    public async Task Upcasters_with_a_gap_or_without_a_handler_stop_the_start()
    {
        await RefusedAsync("version 2", builder => builder.AddUpcaster("resize", 1, old => old).AddUpcaster("resize", 3, old => old));
        await RefusedAsync("several upcasters", builder => builder.AddUpcaster("resize", 1, old => old).AddUpcaster("resize", 1, old => old));
        await RefusedAsync("no handler", builder => builder.AddUpcaster("other", 1, old => old));
    }

    [Fact]
    public void Adding_a_typed_handler_twice_is_adding_it_once()
    {
        var services = new ServiceCollection();
        var builder = services.AddTaskQueue().AddHandler<Size, ResizeHandler>("resize");
        var count = services.Count;

        builder.AddHandler<Size, ResizeHandler>("resize");

        Assert.Equal(count, services.Count);
    }

    private static async Task<TestQueue> StartAsync(Action<ITaskQueueBuilder>? configure = null)
    {
        var queue = Queue(configure);
        await queue.StartAsync();
        return queue;
    }

    private static TestQueue Queue(Action<ITaskQueueBuilder>? configure) => new(configure: builder =>
    {
        builder.AddHandler<Size, ResizeHandler>("resize").AddWorker();
        configure?.Invoke(builder);
    });

    private static async Task RefusedAsync(string word, Action<ITaskQueueBuilder> configure)
    {
        await using var queue = Queue(configure);
        Assert.Contains(word, (await Assert.ThrowsAsync<InvalidOperationException>(queue.StartAsync)).Message, StringComparison.Ordinal);
    }

    private static ValueTask<EnqueueResult> EnqueueAsync(TestQueue queue, string id, string payload, int version) =>
        queue.Queue.EnqueueAsync(new TaskSubmission { Id = id, Type = "resize", Payload = payload, PayloadVersion = version }, Cancel);

    private static async Task<QueuedTask> RunAsync(TestQueue queue, string payload, int version)
    {
        await EnqueueAsync(queue, $"v{version}", payload, version);
        return await queue.FinishedAsync($"v{version}");
    }

    private sealed record Size(int Width, int Height);

    private sealed class ResizeHandler : ITaskHandler<Size>
    {
        public ValueTask<TaskHandlerResult> HandleAsync(TaskContext context, Size payload, CancellationToken cancellationToken) =>
            ValueTask.FromResult(TaskHandlerResult.Completed($"{payload.Width + payload.Height}"));
    }
}
