using System.Net;

namespace Orchestrator.Containers.Engines;

/// <summary>What every engine tells while instances live: logs, events, ports.</summary>
public abstract class StreamConformance
{
    [Fact]
    public async Task Logs_give_the_newest_lines_oldest_first()
    {
        await using var sandbox = Open();
        var id = await sandbox.StartAsync("echo one; echo two; sleep 0.2; echo three >&2; sleep 0.2; echo four");
        await sandbox.UntilAsync(id, ContainerState.Exited);

        var all = await sandbox.ToListAsync(sandbox.Engine.ReadLogsAsync(id, 100, follow: false, sandbox.Cancellation));
        var newest = await sandbox.ToListAsync(sandbox.Engine.ReadLogsAsync(id, 2, follow: false, sandbox.Cancellation));

        Assert.Equal(["one", "two", "four"], EngineSandbox.Lines(all));
        Assert.Equal([new("three", IsError: true), new("four")], newest);
    }

    [Fact]
    public async Task A_line_beyond_a_mebibyte_comes_whole_but_in_pieces()
    {
        await using var sandbox = Open();
        const int Mebibyte = 1024 * 1024;
        const string Script = "head -c 2500000 /dev/zero | tr '\\0' x; echo; echo end";
        var id = await sandbox.StartAsync(Script + "; exec sleep 1000");
        var printed = new List<string>();
        await foreach (var line in sandbox.Engine.ReadLogsAsync(id, 100_000, follow: true, sandbox.Cancellation))
        {
            printed.Add(line.Text);
            if (line.Text == "end")
            {
                break;
            }
        }

        var answered = EngineSandbox.Lines(await sandbox.ExecuteAsync(id, Script));

        int[] expected = [Mebibyte, Mebibyte, 2_500_000 - (2 * Mebibyte), 3];
        Assert.Equal(expected, answered.Select(line => line.Length));
        Assert.Equal(expected, printed.Select(line => line.Length));
        Assert.All(answered.Concat(printed), line => Assert.True(line == "end" || line.AsSpan().IndexOfAnyExcept('x') < 0));
    }

    [Fact]
    public async Task Followed_logs_go_on_until_the_program_ends()
    {
        await using var sandbox = Open();
        var id = await sandbox.StartAsync("trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.1; done");
        var lines = new List<string>();

        await foreach (var line in sandbox.Engine.ReadLogsAsync(id, 100, follow: true, sandbox.Cancellation))
        {
            lines.Add(line.Text);
            if (line.Text == "up")
            {
                await sandbox.Engine.StopAsync(id, TimeSpan.FromSeconds(30), sandbox.Cancellation);
            }
        }

        Assert.Equal(["up", "bye"], lines);
    }

    [Fact]
    public async Task Following_ends_when_it_is_cancelled()
    {
        await using var sandbox = Open();
        var id = await sandbox.StartAsync("echo up; exec sleep 1000");
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(sandbox.Cancellation);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in sandbox.Engine.ReadLogsAsync(id, 100, follow: true, cancel.Token))
            {
                await cancel.CancelAsync();
            }
        });

        Assert.Equal(ContainerState.Running, (await sandbox.InspectAsync(id)).State);
    }

    [Fact]
    public async Task Events_tell_the_life_of_labelled_instances_only()
    {
        await using var sandbox = Open();
        await using var other = Open();
        var since = TimeProvider.System.GetUtcNow();
        var foreign = await other.StartAsync("exit 1");
        var specification = sandbox.Specification("exit 9");
        var id = await sandbox.StartAsync(specification);
        await sandbox.UntilAsync(id, ContainerState.Exited);
        await sandbox.Engine.RemoveAsync(id, sandbox.Cancellation);

        var events = await sandbox.EventsUntilAsync(since, one => one.Kind == ContainerEventKind.Removed);

        Assert.Equal([ContainerEventKind.Started, ContainerEventKind.Exited, ContainerEventKind.Removed], events.Select(one => one.Kind));
        Assert.All(events, one => Assert.Equal((id, specification.Name), (one.Id, one.Name)));
        Assert.Equal(9, events[1].ExitCode);
        Assert.DoesNotContain(events, one => one.Id == foreign);
        Assert.All(events, one => Assert.InRange(one.At, since.AddSeconds(-5), since.AddMinutes(5)));
    }

    [Fact]
    public async Task Events_arrive_while_they_happen()
    {
        await using var sandbox = Open();
        var id = await sandbox.Engine.CreateAsync(sandbox.Specification("exec sleep 1000"), sandbox.Cancellation);
        var since = TimeProvider.System.GetUtcNow();
        await using var events = sandbox.Engine.WatchAsync(sandbox.Labels, since, sandbox.Cancellation).GetAsyncEnumerator(sandbox.Cancellation);
        var seen = new List<ContainerEventKind>();

        foreach (var act in new Func<ValueTask>[]
        {
            () => sandbox.Engine.StartAsync(id, sandbox.Cancellation),
            () => sandbox.Engine.PauseAsync(id, sandbox.Cancellation),
            () => sandbox.Engine.ResumeAsync(id, sandbox.Cancellation),
            () => sandbox.Engine.StopAsync(id, TimeSpan.Zero, sandbox.Cancellation),
        })
        {
            var next = events.MoveNextAsync();
            await act();
            Assert.True(await next);
            seen.Add(events.Current.Kind);
        }

        Assert.Equal([ContainerEventKind.Started, ContainerEventKind.Paused, ContainerEventKind.Resumed, ContainerEventKind.Exited], seen);
        Assert.Equal(137, events.Current.ExitCode);
    }

    [Fact]
    public async Task Watching_ends_when_it_is_cancelled()
    {
        await using var sandbox = Open();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(sandbox.Cancellation);
        await using var events = sandbox.Engine.WatchAsync(sandbox.Labels, null, cancel.Token).GetAsyncEnumerator(cancel.Token);

        var next = events.MoveNextAsync().AsTask();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    [Fact]
    public async Task Ports_can_be_reached_where_the_engine_says()
    {
        await using var sandbox = Open();
        var first = await sandbox.StartAsync(Serving(sandbox));
        var second = await sandbox.StartAsync(Serving(sandbox));
        var endpoints = new[] { Assert.Single((await sandbox.InspectAsync(first)).Endpoints), Assert.Single((await sandbox.InspectAsync(second)).Endpoints) };

        foreach (var endpoint in endpoints)
        {
            Assert.Equal((8080, "127.0.0.1"), (endpoint.Port, endpoint.Host));
            Assert.Equal(HttpStatusCode.OK, await AnswerAsync(endpoint, sandbox.Cancellation));
        }

        Assert.NotEqual(endpoints[0].HostPort, endpoints[1].HostPort);
        Assert.Equal(endpoints, (await sandbox.Engine.ListAsync(sandbox.Labels, sandbox.Cancellation)).SelectMany(one => one.Endpoints).OrderBy(one => one != endpoints[0]));
        await sandbox.Engine.StopAsync(first, TimeSpan.Zero, sandbox.Cancellation);
        Assert.Empty((await sandbox.InspectAsync(first)).Endpoints);
    }

    protected abstract EngineSandbox Open();

    private static ContainerSpecification Serving(EngineSandbox sandbox) => sandbox.Specification(sandbox.ServeScript) with { Ports = [8080], Network = "bridge" };

    private static async Task<HttpStatusCode> AnswerAsync(ContainerEndpoint endpoint, CancellationToken cancellationToken)
    {
        using var client = new HttpClient();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                using var answer = await client.GetAsync(new Uri($"http://{endpoint.Host}:{endpoint.HostPort}/"), cancellationToken);
                return answer.StatusCode;
            }
            catch (HttpRequestException)
            {
                await Task.Yield(); // It does not listen yet.
            }
        }
    }
}
