using Orchestrator.Conformance;
using Orchestrator.Queue;
using Orchestrator.Queue.Plans;
using Orchestrator.Testing;

namespace Orchestrator.Storage.PostgreSql.Tests.Engine;

[Trait("Engine", "Postgres")]
public sealed class ConcurrencyTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly PostgresSchema _schema = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _schema.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Ten_claimers_at_once_never_exceed_a_limit_of_a_group(int limit)
    {
        var seams = Enumerable.Range(0, 5).Select(_ => _schema.OpenSeams()).ToList();
        await seams[0].Operations.SetQueueAsync(new QueueSettings { Queue = "default", MaxRunningPerGroup = limit }, Now, Cancel);
        for (var round = 0; round < 100; round++)
        {
            await seams[0].Store.AddAsync([.. Enumerable.Range(0, 4).Select(i => QueueScript.Submission($"r{round}-{i}") with { Group = "key" })], Now, Cancel);

            var leased = await TogetherAsync(10, index => seams[index % seams.Count].Store.LeaseAsync(Ask(index, count: 3), Now, Cancel));

            Assert.Equal(limit, leased.Sum(leases => leases.Count));
            await seams[0].Store.EndAsync([.. leased.SelectMany(leases => leases).Select(lease => TaskOutcome.Completed(lease.Token))], null, Now, Cancel);
        }
    }

    [Fact]
    public async Task Ten_claimers_at_once_never_exceed_the_slots_of_a_queue()
    {
        var seams = Enumerable.Range(0, 5).Select(_ => _schema.OpenSeams()).ToList();
        await seams[0].Operations.SetQueueAsync(new QueueSettings { Queue = "default", MaxRunning = 5 }, Now, Cancel);
        await seams[0].Store.AddAsync([.. Enumerable.Range(0, 400).Select(i => QueueScript.Submission($"t{i}") with { Slots = 2 })], Now, Cancel);

        for (var round = 0; round < 50; round++)
        {
            var leased = await TogetherAsync(10, index => seams[index % seams.Count].Store.LeaseAsync(Ask(index, count: 2), Now, Cancel));

            Assert.Equal(2, leased.Sum(leases => leases.Count));
            await seams[0].Store.EndAsync([.. leased.SelectMany(leases => leases).Select(lease => TaskOutcome.Completed(lease.Token))], null, Now, Cancel);
        }
    }

    [Fact]
    public async Task Tasks_are_given_out_once_however_many_ask_at_once()
    {
        var seams = Enumerable.Range(0, 4).Select(_ => _schema.OpenSeams()).ToList();
        await seams[0].Store.AddAsync([.. Enumerable.Range(0, 2000).Select(i => QueueScript.Submission($"t{i}") with { Group = i % 3 == 0 ? $"g{i % 7}" : null })], Now, Cancel);

        var leased = await TogetherAsync(8, async index =>
        {
            var all = new List<string>();
            while (await seams[index % seams.Count].Store.LeaseAsync(Ask(index, count: 20), Now, Cancel) is { Count: > 0 } leases)
            {
                all.AddRange(leases.Select(lease => lease.Task.Id));
            }

            return all;
        });

        Assert.Equal(2000, leased.SelectMany(ids => ids).Distinct().Count());
        Assert.Equal(2000, leased.Sum(ids => ids.Count));
        Assert.Equal(2000, (await seams[0].Operations.GetStatisticsAsync(null, Cancel)).Running);
    }

    [Fact]
    public async Task Two_parents_that_end_at_once_never_leave_their_child_hanging()
    {
        var seams = Enumerable.Range(0, 4).Select(_ => _schema.OpenSeams()).ToList();
        for (var round = 0; round < 60; round++)
        {
            var prefix = $"r{round}-";
            var parents = Enumerable.Range(0, 4).Select(i => $"{prefix}{i}").ToArray();
            await seams[0].Plans.AddAsync(
                new TaskPlan { Id = $"p{round}", Tasks = [.. parents.Select(id => QueueScript.Step(id)), QueueScript.Step($"{prefix}child", parents)] }, Now, Cancel);
            var leases = await seams[0].Store.LeaseAsync(Ask(0, count: 4), Now, Cancel);

            await TogetherAsync(4, index => seams[index].Store.EndAsync([TaskOutcome.Completed(leases[index].Token)], null, Now, Cancel));

            var child = Assert.Single(await seams[0].Store.LeaseAsync(Ask(0, count: 9), Now, Cancel));
            Assert.Equal($"{prefix}child", child.Task.Id);
            await seams[0].Store.EndAsync([TaskOutcome.Completed(child.Token)], null, Now, Cancel);
            Assert.Equal(PlanState.Completed, (await seams[0].Plans.GetAsync($"p{round}", Cancel))!.State);
        }
    }

    [Fact]
    public async Task Plans_that_end_are_cancelled_and_retried_at_once_come_to_an_end_without_a_deadlock()
    {
        var logger = new RecordingLogger<PostgreSqlDatabase>();
        var seams = Enumerable.Range(0, 4).Select(_ => _schema.Open(logger: logger))
            .Select(database => new StorageSeams(new PostgreSqlTaskStore(database, null), new PostgreSqlTaskOperations(database), new PostgreSqlTaskPlans(database, null), new PostgreSqlTaskSchedules(database, null)))
            .ToList();
        for (var round = 0; round < 25; round++)
        {
            var prefix = $"r{round}-";
            var parents = Enumerable.Range(0, 6).Select(i => $"{prefix}{i}").ToArray();
            await seams[0].Plans.AddAsync(
                new TaskPlan { Id = $"p{round}", Tasks = [.. parents.Select(id => QueueScript.Step(id)), QueueScript.Step($"{prefix}a", parents), QueueScript.Step($"{prefix}b", $"{prefix}a")] }, Now, Cancel);
            var leases = await seams[0].Store.LeaseAsync(Ask(0, count: 4), Now, Cancel);

            await TogetherAsync(8, async index =>
            {
                var own = seams[index % seams.Count];
                return index switch
                {
                    < 4 => (object)await own.Store.EndAsync([index == 0 ? TaskOutcome.Failed(leases[index].Token, QueueScript.Failure()) : TaskOutcome.Completed(leases[index].Token)], Ask(index), Now, Cancel),
                    4 => await own.Plans.CancelAsync($"p{round}", Now, Cancel),
                    5 => await own.Operations.CancelAsync($"{prefix}4", Now, Cancel),
                    6 => await own.Operations.RetryAsync([$"{prefix}0", $"{prefix}5"], Now, Cancel),
                    _ => await own.Store.RenewAsync([.. leases.Select(lease => lease.Token)], TimeSpan.FromMinutes(1), Now, Cancel),
                };
            });
            await seams[0].Plans.CancelAsync($"p{round}", Now, Cancel);
            await seams[0].Store.ReclaimExpiredAsync(Now + TimeSpan.FromHours(1), Cancel);
            await seams[0].Plans.CancelAsync($"p{round}", Now, Cancel);

            Assert.Equal(0, (await seams[0].Plans.GetAsync($"p{round}", Cancel))!.Statistics.Unfinished);
        }

        Assert.DoesNotContain(logger.Entries, entry => entry.EventId.Name == "PostgreSqlTransactionRetried");
    }

    [Fact]
    public async Task Lists_with_the_same_keys_in_other_orders_do_not_stop_each_other()
    {
        var seams = Enumerable.Range(0, 4).Select(_ => _schema.OpenSeams()).ToList();
        for (var round = 0; round < 20; round++)
        {
            var results = await TogetherAsync(8, index =>
            {
                var keys = Enumerable.Range(0, 20).Select(i => $"r{round}-k{(index % 2 == 0 ? i : 19 - i)}");
                return seams[index % 4].Store.AddAsync([.. keys.Select(key => QueueScript.Submission($"{key}-{index}") with { DeduplicationKey = key })], Now, Cancel);
            });

            Assert.Equal(20, results.SelectMany(result => result).Count(result => result.Status == EnqueueStatus.Enqueued));
        }
    }

    [Fact]
    public async Task A_reader_of_the_feed_misses_nothing_that_commits_late()
    {
        var script = new QueueScript(_schema.OpenSeams());
        await script.AddAsync("first");
        var transactions = new PostgreSqlTaskTransactions(_schema.Open(), null);
        await using var host = await _schema.ConnectAsync();
        await using var late = await host.BeginTransactionAsync(Cancel);
        await transactions.AddAsync([QueueScript.Submission("late")], Now, late, Cancel);
        await script.AddAsync("early");

        var seen = (await script.Operations.GetEventsAsync(0, 100, null, Cancel)).ToList();
        Assert.Equal(["first"], seen.Select(item => item.TaskId));
        await late.CommitAsync(Cancel);
        seen.AddRange(await script.Operations.GetEventsAsync(seen[^1].Sequence, 100, null, Cancel));

        Assert.Equal(["early", "first", "late"], seen.Select(item => item.TaskId).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_database_refuses_a_change_of_state_that_does_not_exist()
    {
        var script = new QueueScript(_schema.OpenSeams());
        await script.AddAsync("a");
        await script.CompleteAsync("a");

        var error = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => _schema.ExecuteAsync("UPDATE tasks SET state = 'running'"));

        Assert.Contains("completed to running", error.MessageText, StringComparison.Ordinal);
        Assert.Equal("a completed", await script.StatesAsync("a"));
    }

    [Fact]
    public async Task Counters_are_right_while_they_are_added_up()
    {
        var database = _schema.Open();
        var seams = new StorageSeams(new PostgreSqlTaskStore(database, null), new PostgreSqlTaskOperations(database), new PostgreSqlTaskPlans(database, null), new PostgreSqlTaskSchedules(database, null));
        await TogetherAsync(8, async index =>
        {
            for (var i = 0; i < 100; i++)
            {
                await seams.Store.AddAsync([QueueScript.Submission($"t{index}-{i}") with { DeduplicationKey = $"{index}-{i}" }], Now, Cancel);
            }

            return 0;
        });

        Assert.Equal(new QueueStatistics { Available = 800 }, await seams.Operations.GetStatisticsAsync("default", Cancel));
        Assert.InRange(await _schema.QueryAsync<long>("SELECT sum(count)::bigint FROM queue_counters"), 1, 800);
    }

    private static LeaseRequest Ask(int index, int count = 1) =>
        new() { Worker = new WorkerIdentity { Id = $"worker-{index}", WorkerName = "worker" }, Count = count, Duration = TimeSpan.FromMinutes(1) };

    private static Task<T[]> TogetherAsync<T>(int count, Func<int, ValueTask<T>> work) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(index => Task.Run(async () => await work(index), Cancel)));
}
