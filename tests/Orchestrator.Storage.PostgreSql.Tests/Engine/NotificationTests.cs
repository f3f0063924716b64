using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Conformance;
using Orchestrator.Queue;

namespace Orchestrator.Storage.PostgreSql.Tests.Engine;

[Trait("Engine", "Postgres")]
public sealed class NotificationTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly PostgresSchema _schema = new();
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _stop.Dispose();
        await _schema.DisposeAsync();
    }

    [Fact]
    public async Task Another_process_hears_of_every_queue_that_got_work()
    {
        var hints = await ListenAsync();
        var store = _schema.OpenStore();

        await store.AddAsync([QueueScript.Submission("a") with { Queue = "one" }, QueueScript.Submission("b") with { Queue = "two" }], Now, Cancel);

        Assert.Equal(["one", "two"], new SortedSet<string?> { await hints.ReadAsync(Cancel), await hints.ReadAsync(Cancel) });
    }

    [Fact]
    public async Task A_request_to_cancel_and_a_task_that_was_given_back_are_told()
    {
        var script = new QueueScript(_schema.OpenSeams());
        await script.AddAsync("a");
        var lease = await script.LeaseAsync("a");
        var hints = await ListenAsync();

        await script.CancelAsync("a");
        Assert.Equal(TaskSubmission.DefaultQueue, await hints.ReadAsync(Cancel));
        await script.EndAsync(TaskOutcome.Released(lease));
        await script.AddAsync("b");
        Assert.Equal(TaskSubmission.DefaultQueue, await hints.ReadAsync(Cancel));
    }

    [Fact]
    public async Task A_listener_whose_connection_is_cut_listens_again_and_gives_a_hint_for_what_it_missed()
    {
        var hints = await ListenAsync();

        Assert.Equal(1, await _schema.CutConnectionsAsync("LISTEN%"));
        Assert.Null(await hints.ReadAsync(Cancel));

        await _schema.OpenStore().AddAsync([QueueScript.Submission("a")], Now, Cancel);
        Assert.Equal(TaskSubmission.DefaultQueue, await hints.ReadAsync(Cancel));
    }

    [Fact]
    public async Task Many_changes_are_told_in_few_words()
    {
        var hints = await ListenAsync();
        var store = _schema.OpenStore();

        for (var i = 0; i < 200; i++)
        {
            await store.AddAsync([QueueScript.Submission($"t{i}")], Now, Cancel);
        }

        await store.AddAsync([QueueScript.Submission("last") with { Queue = "last" }], Now, Cancel);
        var count = 0;
        while (await hints.ReadAsync(Cancel) != "last")
        {
            count++;
        }

        Assert.InRange(count, 1, 199);
    }

    [Fact]
    public async Task Nothing_is_sent_where_notifications_are_turned_off()
    {
        var hints = await ListenAsync();
        var silent = new PostgreSqlTaskStore(_schema.Open(options => options.Notify = false), null);

        await silent.AddAsync([QueueScript.Submission("a") with { Queue = "silent" }], Now, Cancel);
        await _schema.OpenStore().AddAsync([QueueScript.Submission("b") with { Queue = "loud" }], Now, Cancel);

        Assert.Equal("loud", await hints.ReadAsync(Cancel));
    }

    // Returns once the listener hears what is sent.
    private async Task<ChannelReader<string?>> ListenAsync()
    {
        var database = _schema.Open();
        await database.InitializeAsync(Cancel);
        var listener = new PostgreSqlTaskNotifications(database, NullLogger<PostgreSqlTaskNotifications>.Instance);
        var hints = Channel.CreateUnbounded<string?>();
        _ = Task.Run(
            async () =>
            {
                await foreach (var hint in listener.ListenAsync(_stop.Token))
                {
                    hints.Writer.TryWrite(hint);
                }
            },
            Cancel);
        await Eventually.TrueAsync(
            async () =>
            {
                await database.Announcer.SendAsync(["ready"], Cancel);
                return hints.Reader.TryRead(out var hint) && hint == "ready";
            },
            Cancel);

        // What was sent more than once is still on its way: the last word tells when all has come.
        await database.Announcer.SendAsync(["quiet"], Cancel);
        while (await hints.Reader.ReadAsync(Cancel) != "quiet")
        {
        }

        return hints.Reader;
    }
}
