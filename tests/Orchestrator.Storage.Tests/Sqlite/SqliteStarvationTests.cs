using Orchestrator.Queue;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Storage.Tests.Sqlite;

public sealed class SqliteStarvationTests : IDisposable
{
    private readonly SqliteFile _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task A_thread_that_blocks_on_renewals_needs_none_of_a_starved_thread_pool()
    {
        var store = new SqliteTaskStore(_file.Open(), null);
        var now = _file.Time.GetUtcNow();
        await store.AddAsync([new TaskSubmission { Id = "t", Type = "test", Payload = "1" }], now, TestContext.Current.CancellationToken);
        var request = new LeaseRequest { Worker = new WorkerIdentity { Id = "w", WorkerName = "w" } };
        var lease = Assert.Single(await store.LeaseAsync(request, now, TestContext.Current.CancellationToken)).Token;

        // So many that some go by way of the writer's thread.
        Assert.Equal(200, RenewWhileThePoolIsTaken(store, lease, 200));
    }

    private static int RenewWhileThePoolIsTaken(SqliteTaskStore store, LeaseToken lease, int times)
    {
        using var free = new ManualResetEventSlim();
        using var left = new CountdownEvent(1);
        for (var i = 0; i < 500; i++)
        {
            left.AddCount();
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    free.Wait();
                    left.Signal();
                },
                null);
        }

        var renewed = 0;
        var heartbeat = new Thread(() =>
        {
            for (var i = 0; i < times && !free.IsSet; i++)
            {
                var renewal = store.RenewAsync([lease], TimeSpan.FromMinutes(1), DateTimeOffset.UnixEpoch, CancellationToken.None).AsTask();
                if (renewal.Wait(TimeSpan.FromSeconds(20)) && renewal.Result[0].Status == LeaseStatus.Held)
                {
                    renewed++;
                }
                else
                {
                    return;
                }
            }
        });
        heartbeat.Start();
        heartbeat.Join();
        free.Set();
        left.Signal();
        left.Wait();
        return renewed;
    }
}
