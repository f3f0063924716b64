using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator.Queue.Signals;
using Orchestrator.Queue.Workers;
using Orchestrator.Storage;

namespace Orchestrator.Queue.Tests.Signals;

public sealed class NotificationListenerTests
{
    private readonly HeldHandler _handler = new();
    private readonly ScriptedNotifications _notifications = new();

    private static CancellationToken Cancel => TestQueue.Cancel;

    [Theory]
    [InlineData("default")]
    [InlineData(null)]
    public async Task A_worker_that_is_told_of_a_task_of_another_process_takes_it_at_once(string? hint)
    {
        await using var queue = Queue();
        await queue.StartAsync();
        await queue.Time.WaitForTimerAsync(2, Cancel);
        await queue.AddElsewhereAsync([new TaskSubmission { Id = "t1", Type = "test", Payload = "1" }]);

        _notifications.Hints.Writer.TryWrite(hint);

        Assert.Equal("t1", (await _handler.StartedAsync()).Task.Id);
    }

    [Fact]
    public async Task Nothing_is_taken_to_be_heard_before_the_first_hint_nor_after_the_last()
    {
        await using var queue = Queue();
        var signals = queue.Services.GetRequiredService<TaskSignals>();
        var listener = queue.Services.GetServices<IHostedService>().OfType<NotificationListener>().Single();
        await queue.StartAsync();
        var before = signals.IsListening;

        _notifications.Hints.Writer.TryWrite(null);
        await _notifications.Heard.Reader.ReadAsync(Cancel);
        var after = signals.IsListening;
        _notifications.Hints.Writer.Complete();
        await listener.ExecuteTask!.WaitAsync(Cancel);

        Assert.Equal((false, true, false), (before, after, signals.IsListening));
    }

    [Theory]
    [InlineData("default", 1)]
    [InlineData(null, 5)]
    public async Task A_worker_that_is_told_of_changes_hears_of_a_cancellation_soon(string? hint, int seconds)
    {
        await using var queue = Queue();
        await queue.StartAsync();
        await queue.EnqueueAsync("t1");
        var context = await _handler.StartedAsync();

        foreach (var told in (string?[])["other", hint])
        {
            _notifications.Hints.Writer.TryWrite(told);
            await _notifications.Heard.Reader.ReadAsync(Cancel);
        }

        queue.Time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
        await queue.Operations.CancelAsync("t1", queue.Time.GetUtcNow(), Cancel); // A heart that beat before would hear of it only with its next beat.
        queue.Time.Advance(TimeSpan.FromMilliseconds(1)); // Without the hint, the heart beats after 20.

        Assert.Equal((QueuedTaskState.Cancelled, TaskStopReason.CancelRequested), ((await queue.FinishedAsync("t1")).State, context.StopReason));
    }

    [Fact]
    public async Task Listening_that_fails_is_tried_again()
    {
        await using var queue = Queue();
        await queue.StartAsync();
        _notifications.Hints.Writer.TryWrite("fail");
        await queue.Logs.WaitForAsync(entry => entry.EventId.Id == 1115, Cancel);
        await queue.Time.WaitForTimerAsync(3, Cancel);
        queue.Time.Advance(TimeSpan.FromSeconds(1));
        await queue.AddElsewhereAsync([new TaskSubmission { Id = "t1", Type = "test", Payload = "1" }]);

        _notifications.Hints.Writer.TryWrite("default");

        Assert.Equal("t1", (await _handler.StartedAsync()).Task.Id);
    }

    private TestQueue Queue() => new(_handler.HandleAsync, builder =>
    {
        builder.Services.AddSingleton<ITaskNotifications>(_notifications);
        builder.Services.PostConfigure<TaskQueueOptions>(options => options.Listen = true);
    });

    private sealed class ScriptedNotifications : ITaskNotifications
    {
        public Channel<string?> Hints { get; } = Channel.CreateUnbounded<string?>();

        public Channel<string?> Heard { get; } = Channel.CreateUnbounded<string?>();

        public async IAsyncEnumerable<string?> ListenAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var hint in Hints.Reader.ReadAllAsync(cancellationToken))
            {
                yield return hint == "fail" ? throw new StorageException(StorageErrorCodes.Failed, "gone", isTransient: true) : hint;
                Heard.Writer.TryWrite(hint);
            }
        }
    }
}
