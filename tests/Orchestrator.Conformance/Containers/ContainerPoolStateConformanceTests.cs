using Orchestrator.Containers;

namespace Orchestrator.Conformance.Containers;

/// <summary>What every <see cref="IContainerPoolState"/> must do. Each test starts with nothing.</summary>
public abstract class ContainerPoolStateConformanceTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 30, 15, 123, TimeSpan.Zero);

    /// <summary>Opens the test's state: once more each time it is called, as another process would. A state in memory gives the same one.</summary>
    protected abstract IContainerPoolState Open();

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_value_is_read_as_it_was_set()
    {
        Assert.Null(await Open().GetAsync("a", "w 1", "status", Cancel));

        Assert.Equal(1, await Open().SetAsync(Entry("a", "w 1"), Cancel));

        Assert.Equal(Entry("a", "w 1") with { Version = 1 }, await Open().GetAsync("a", "w 1", "status", Cancel));
        Assert.Null(await Open().GetAsync("a", "w 2", "status", Cancel));
        Assert.Null(await Open().GetAsync("a", "w 1", "other", Cancel));
    }

    [Fact]
    public async Task Only_who_knows_the_version_changes_a_value()
    {
        await Open().SetAsync(Entry("a", "w"), Cancel);

        Assert.Null(await Open().SetAsync(Entry("a", "w") with { Value = "late" }, Cancel));
        Assert.Null(await Open().SetAsync(Entry("a", "w") with { Value = "ahead", Version = 2 }, Cancel));
        Assert.Null(await Open().SetAsync(Entry("b", "w") with { Version = 1 }, Cancel));
        Assert.Equal(2, await Open().SetAsync(Entry("a", "w") with { Value = null, Version = 1, At = Now.AddHours(1) }, Cancel));

        Assert.Equal([Entry("a", "w") with { Value = null, Version = 2, At = Now.AddHours(1) }], await Open().ListAsync(null, Cancel));
        Assert.Equal(3, await Open().SetAsync(Entry("a", "w") with { Version = 2 }, Cancel));
    }

    [Fact]
    public async Task Values_of_a_pool_are_apart_by_their_key()
    {
        await Open().SetAsync(Entry("a", "w"), Cancel);
        var account = Entry("a", "w") with { Key = PoolStateEntry.AccountKey, Value = """{"cost_usd":1.000000001}""" };
        await Open().SetAsync(account, Cancel);

        Assert.Equal(2, await Open().SetAsync(Entry("a", "w") with { Value = null, Version = 1 }, Cancel));

        Assert.Equal(account with { Version = 1 }, await Open().GetAsync("a", "w", PoolStateEntry.AccountKey, Cancel));
    }

    [Fact]
    public async Task Of_many_who_set_a_value_at_once_one_does()
    {
        var versions = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => Task.Run(async () => await Open().SetAsync(Entry("a", "w") with { Value = $"{number}" }, Cancel), Cancel)));

        Assert.Equal(1, Assert.Single(versions, version => version is not null));
    }

    [Fact]
    public async Task Values_are_listed_by_pool_worker_and_key()
    {
        foreach (var entry in (PoolStateEntry[])[Entry("b", "w"), Entry("a", "w2"), Entry("a", "w1") with { Key = "z" }, Entry("a", "w1")])
        {
            await Open().SetAsync(entry, Cancel);
        }

        Assert.Equal(["a w1 status", "a w1 z", "a w2 status", "b w status"], (await Open().ListAsync(null, Cancel)).Select(Words));
        Assert.Equal(["b w status"], (await Open().ListAsync("b", Cancel)).Select(Words));
        Assert.Empty(await Open().ListAsync("c", Cancel));

        static string Words(PoolStateEntry entry) => $"{entry.Pool} {entry.WorkerName} {entry.Key}";
    }

    [Fact]
    public async Task A_request_is_given_out_once_and_to_its_worker_only_and_has_an_outcome()
    {
        var request = Request(1) with { Kind = PoolRequestKind.Scale, Instance = null, Instances = 3 };
        await Open().AddRequestAsync(request, Cancel);
        Assert.Equal(request, await Open().FindRequestAsync(request.Id, Cancel));

        Assert.Empty(await Open().TakeRequestsAsync("other", Now, Cancel));
        Assert.Equal([request with { State = PoolRequestState.Taken }], await Open().TakeRequestsAsync("w", Now, Cancel));
        Assert.Empty(await Open().TakeRequestsAsync("w", Now, Cancel));
        Assert.True(await Open().EndRequestAsync(request.Id, PoolRequestState.Refused, "The pool is full.", Now.AddSeconds(1), Cancel));
        Assert.False(await Open().EndRequestAsync(request.Id, PoolRequestState.Done, null, Now.AddSeconds(2), Cancel));

        Assert.Equal(
            request with { State = PoolRequestState.Refused, Message = "The pool is full.", EndedAt = Now.AddSeconds(1) }, await Open().FindRequestAsync(request.Id, Cancel));
    }

    [Theory]
    [InlineData(2.5)]
    [InlineData(1_000)]
    [InlineData(double.Epsilon)]
    public async Task A_request_carries_a_weight_exactly(double weight)
    {
        var request = Request(1) with { Kind = PoolRequestKind.Weight, Weight = weight };
        await Open().AddRequestAsync(request, Cancel);

        Assert.Equal(request, await Open().FindRequestAsync(request.Id, Cancel));
        Assert.Equal([request with { State = PoolRequestState.Taken }], await Open().TakeRequestsAsync("w", Now, Cancel));
    }

    [Fact]
    public async Task Requests_are_given_out_in_the_order_in_which_they_were_left()
    {
        foreach (var number in (int[])[3, 1, 2])
        {
            await Open().AddRequestAsync(Request(number), Cancel);
        }

        await Open().AddRequestAsync(Request(1) with { Kind = PoolRequestKind.Restart }, Cancel);

        Assert.Equal([3, 1, 2], (await Open().TakeRequestsAsync("w", Now, Cancel)).Select(request => (int)request.Id.ToByteArray()[0]));
        Assert.Equal(PoolRequestKind.Drain, (await Open().FindRequestAsync(Request(1).Id, Cancel))!.Kind);
    }

    [Fact]
    public async Task A_request_whose_time_is_over_is_never_given_out()
    {
        await Open().AddRequestAsync(Request(1), Cancel);
        await Open().AddRequestAsync(Request(2) with { ExpiresAt = Now.AddMinutes(2) }, Cancel);

        Assert.Equal(Request(2).Id, Assert.Single(await Open().TakeRequestsAsync("w", Now.AddMinutes(1), Cancel)).Id);
        Assert.Empty(await Open().TakeRequestsAsync("w", Now.AddMinutes(1), Cancel));
        Assert.Equal(Request(1), await Open().FindRequestAsync(Request(1).Id, Cancel));
    }

    [Fact]
    public async Task Of_many_who_take_at_once_each_request_goes_to_one()
    {
        foreach (var number in Enumerable.Range(1, 20))
        {
            await Open().AddRequestAsync(Request(number), Cancel);
        }

        var taken = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () => await Open().TakeRequestsAsync("w", Now, Cancel), Cancel)));

        Assert.Equal(20, taken.Sum(requests => requests.Count));
        Assert.Equal(20, taken.SelectMany(requests => requests).DistinctBy(request => request.Id).Count());
    }

    [Fact]
    public async Task What_cannot_be_is_refused()
    {
        await Open().AddRequestAsync(Request(1), Cancel);

        Assert.Null(await Open().FindRequestAsync(Request(2).Id, Cancel));
        Assert.False(await Open().EndRequestAsync(Request(1).Id, PoolRequestState.Done, null, Now, Cancel));
        Assert.False(await Open().EndRequestAsync(Request(2).Id, PoolRequestState.Done, null, Now, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => Open().EndRequestAsync(Request(1).Id, PoolRequestState.Taken, null, Now, Cancel).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => Open().AddRequestAsync(Request(2) with { State = PoolRequestState.Done }, Cancel).AsTask());
    }

    protected static PoolStateEntry Entry(string pool, string worker) =>
        new() { Pool = pool, WorkerName = worker, Key = PoolStateEntry.StatusKey, Value = """{"pool":"a"}""", At = Now };

    protected static PoolRequest Request(int number) => new()
    {
        Id = new Guid(number, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]),
        Pool = "a",
        WorkerName = "w",
        Kind = PoolRequestKind.Drain,
        Instance = "a-1",
        CreatedAt = Now,
        ExpiresAt = Now.AddMinutes(1),
    };
}
