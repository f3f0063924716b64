using Orchestrator.Testing;

namespace Orchestrator.Containers.Docker;

public sealed class DockerEventStreamTests
{
    private const string Begin = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;
    private static readonly DateTimeOffset Since = DateTimeOffset.FromUnixTimeSeconds(1_000);

    [Fact]
    public async Task A_silent_stream_is_opened_anew_from_where_it_stood()
    {
        var opened = 0;
        await using var peer = new RawPeer(async (request, write, stop) =>
        {
            if (request.Contains("/_ping", StringComparison.Ordinal))
            {
                await write(RawPeer.Ping);
                return true;
            }

            await write(Begin + Chunk(Event("start", 1_005_000_000_000L + Interlocked.Increment(ref opened))));
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
            return false;
        });
        var time = new ManualTimeProvider();
        using var engine = peer.Connect(time);
        await using var events = engine.WatchAsync(ValueMap.Empty, Since, Cancellation).GetAsyncEnumerator(Cancellation);

        Assert.True(await events.MoveNextAsync());
        var next = events.MoveNextAsync().AsTask();
        time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(1, opened);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(await next);

        Assert.Equal(2, opened);
        Assert.Contains("since=1000.000000000&", peer.Requests[1], StringComparison.Ordinal);
        Assert.Contains("since=1005.000000002&", peer.Requests[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", DockerException.Unavailable)]
    [InlineData("0\r\n\r\n", DockerException.Unavailable)]
    [InlineData("9\r\n{\"half\":\"", DockerException.Unavailable)]
    [InlineData("8\r\ngarbage\n\r\n", DockerException.Protocol)]
    public async Task A_stream_that_breaks_ends_with_a_typed_failure(string rest, string code)
    {
        await using var peer = new RawPeer(Begin + Chunk(Event("die", 1, "\"exitCode\":\"3\",")) + rest);
        using var engine = peer.Connect();
        await using var events = engine.WatchAsync(ValueMap.Empty, Since, Cancellation).GetAsyncEnumerator(Cancellation);

        Assert.True(await events.MoveNextAsync());
        Assert.Equal((ContainerEventKind.Exited, 3), (events.Current.Kind, events.Current.ExitCode));
        var error = await Assert.ThrowsAsync<DockerException>(async () => await events.MoveNextAsync());

        Assert.Equal(code, error.Code);
    }

    [Fact]
    public async Task Events_that_nobody_knows_are_passed_over()
    {
        string[] lines =
        [
            "{}", """{"Action":"start"}""", """{"Action":"start","Actor":{"ID":"","Attributes":{}},"timeNano":-5}""", Event("exec_die", 2),
            Event("health_status: healthy", 3), Event("health_status: odd", 4), Event("oom", 5), Event("destroy", 6),
        ];
        await using var peer = new RawPeer(Begin + Chunk(string.Join("\n", lines)));
        using var engine = peer.Connect();
        var kinds = new List<ContainerEventKind>();

        await Assert.ThrowsAsync<DockerException>(async () =>
        {
            await foreach (var one in engine.WatchAsync(ValueMap.Empty, Since, Cancellation))
            {
                kinds.Add(one.Kind);
            }
        });

        Assert.Equal([ContainerEventKind.Healthy, ContainerEventKind.OutOfMemory, ContainerEventKind.Removed], kinds);
    }

    [Fact]
    public async Task A_line_without_end_is_refused()
    {
        await using var peer = new RawPeer(Begin + Chunk(new string('x', 1_100_000)));
        using var engine = peer.Connect();
        await using var events = engine.WatchAsync(ValueMap.Empty, Since, Cancellation).GetAsyncEnumerator(Cancellation);

        Assert.Equal(DockerException.Protocol, (await Assert.ThrowsAsync<DockerException>(async () => await events.MoveNextAsync())).Code);
    }

    private static string Chunk(string text) => $"{text.Length + 1:x}\r\n{text}\n\r\n";

    private static string Event(string action, long nanoseconds, string attributes = "") =>
        $$$"""{"Type":"container","Action":"{{{action}}}","Actor":{"ID":"abc","Attributes":{{{{attributes}}}"name":"n"}},"time":1,"timeNano":{{{nanoseconds}}}}""";
}
