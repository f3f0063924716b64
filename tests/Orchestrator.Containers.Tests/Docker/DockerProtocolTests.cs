using Orchestrator.Testing;

namespace Orchestrator.Containers.Docker;

public sealed class DockerProtocolTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nApi-Version: 1.40\r\nContent-Length: 0\r\n\r\n", DockerException.UnsupportedVersion)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", DockerException.UnsupportedVersion)]
    [InlineData("HTTP/1.1 200 OK\r\nApi-Version: 2.0\r\nContent-Length: 0\r\n\r\n", DockerException.UnsupportedVersion)]
    [InlineData("HTTP/1.1 200 OK\r\nApi-Version: 1.x\r\nContent-Length: 0\r\n\r\n", DockerException.UnsupportedVersion)]
    [InlineData("HTTP/1.1 503 Busy\r\nApi-Version: 1.41\r\nContent-Length: 0\r\n\r\n", DockerException.Unavailable)]
    [InlineData("220 mail.example ESMTP\r\n\r\n", DockerException.Protocol)]
    public async Task What_is_no_engine_of_a_known_version_is_told_so(string ping, string code)
    {
        await using var peer = new RawPeer(async (_, write, _) =>
        {
            await write(ping);
            return false;
        });
        using var engine = peer.Connect();

        var error = await Assert.ThrowsAsync<DockerException>(async () => await engine.InspectAsync("a", Cancellation));

        Assert.Equal(code, error.Code);
    }

    [Theory]
    [InlineData("1.41", "v1.41")]
    [InlineData("1.47", "v1.47")]
    [InlineData("1.99", "v1.51")]
    public async Task The_newest_version_that_both_know_is_spoken_and_asked_for_once(string theirs, string spoken)
    {
        await using var peer = new RawPeer(async (request, write, _) =>
        {
            await write(request.Contains("/_ping", StringComparison.Ordinal) ? RawPeer.Ping.Replace("1.41", theirs, StringComparison.Ordinal) : RawPeer.Json("[]"));
            return true;
        });
        using var engine = peer.Connect();

        await engine.ListAsync(ValueMap.Empty, Cancellation);
        await engine.ListAsync(ValueMap.Empty, Cancellation);

        Assert.Equal(3, peer.Requests.Length);
        Assert.All(peer.Requests[1..], request => Assert.StartsWith($"GET /{spoken}/containers/json?all=1&filters=", request, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")] // Otherwise the next call may come upon the connection before the client knows its end.
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n\u0001\0\0\0\0\0\0\u0003up")]
    public async Task After_a_broken_connection_or_a_refusal_the_version_is_asked_for_again(string answer)
    {
        await using var peer = new RawPeer(answer);
        using var engine = peer.Connect();

        for (var i = 0; i < 2; i++)
        {
            await Assert.ThrowsAsync<DockerException>(async () => await engine.ReadLogsAsync("i", 1, follow: false, Cancellation).GetAsyncEnumerator(Cancellation).MoveNextAsync());
        }

        Assert.Equal(2, peer.Requests.Count(request => request.Contains("/_ping", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("400 Bad Request", DockerException.Refused, false)]
    [InlineData("401 Unauthorized", DockerException.Forbidden, false)]
    [InlineData("403 Forbidden", DockerException.Forbidden, false)]
    [InlineData("404 Not Found", DockerException.NotFound, false)]
    [InlineData("409 Conflict", DockerException.NotRunning, false)]
    [InlineData("500 Internal Server Error", DockerException.Failed, true)]
    [InlineData("503 Service Unavailable", DockerException.Unavailable, true)]
    [InlineData("302 Found", DockerException.Protocol, false)]
    public async Task An_error_answer_becomes_a_typed_failure_with_one_line_of_the_engines_words(string status, string code, bool isTransient)
    {
        await using var peer = new RawPeer(RawPeer.Json("""{"message":"why\nnot\u0007 ever","more":[1,{}]}""", status));
        using var engine = peer.Connect();

        var error = await Assert.ThrowsAsync<DockerException>(async () => await engine.StartAsync("a", Cancellation));

        Assert.Equal((code, isTransient), (error.Code, error.IsTransient));
        Assert.EndsWith(": why not  ever", error.Message, StringComparison.Ordinal);
        Assert.Equal(int.Parse(status[..3], System.Globalization.CultureInfo.InvariantCulture), (int)error.StatusCode!);
    }

    [Theory]
    [InlineData("<html>gateway</html>")]
    [InlineData("{\"message\":")]
    [InlineData("")]
    public async Task An_error_without_the_engines_words_is_typed_all_the_same(string body)
    {
        await using var peer = new RawPeer(RawPeer.Json(body, "502 Bad Gateway"));
        using var engine = peer.Connect();

        var error = await Assert.ThrowsAsync<DockerException>(async () => await engine.StartAsync("a", Cancellation));

        Assert.EndsWith("no reason given", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[{\"Id\"", DockerException.Unavailable)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[{\"Id", DockerException.Unavailable)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n[]", DockerException.Protocol)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n[{\"Id", DockerException.Protocol)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnull", DockerException.Protocol)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n[{}]", DockerException.Protocol)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"a\":[1]}", DockerException.Protocol)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n[", DockerException.Protocol)]
    [InlineData("\0\u0001garbage\r\n\r\n", DockerException.Protocol)]
    [InlineData("\0\u0001garbage", DockerException.Unavailable)]
    [InlineData("", DockerException.Unavailable)]
    public async Task Half_and_wrong_answers_are_typed_failures(string answer, string code)
    {
        await using var peer = new RawPeer(answer);
        using var engine = peer.Connect();

        var error = await Assert.ThrowsAsync<DockerException>(async () => await engine.ListAsync(ValueMap.Empty, Cancellation));

        Assert.Equal(code, error.Code);
    }

    [Fact]
    public async Task An_instance_of_a_newer_engine_is_read_all_the_same()
    {
        const string Answer = """{"Id":"i","Name":"/n","New":{"x":[1]},"State":{"Status":"hibernating","ExitCode":0,"Paused":"maybe","Health":{"Status":"glowing"}},"Config":{"Labels":null}}""";
        await using var peer = new RawPeer(RawPeer.Json(Answer));
        using var engine = peer.Connect();

        var status = await engine.InspectAsync("i", Cancellation);

        Assert.Equal(new ContainerStatus { Id = "i", Name = "n", State = ContainerState.Unknown }, status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n[")]
    public async Task An_engine_that_hangs_is_given_up(string beginning)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var peer = new RawPeer(async (request, write, stop) =>
        {
            if (request.Contains("/_ping", StringComparison.Ordinal))
            {
                await write(RawPeer.Ping);
                return true;
            }

            await write(beginning);
            asked.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
            return false;
        });
        var time = new ManualTimeProvider();
        using var engine = peer.Connect(time);

        var call = engine.ListAsync(ValueMap.Empty, Cancellation).AsTask();
        await asked.Task;
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(call.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(2));
        var error = await Assert.ThrowsAsync<DockerException>(() => call);

        Assert.Equal(DockerException.TimedOut, error.Code);
        Assert.True(error.IsTransient);
    }

    [Fact]
    public async Task A_caller_that_leaves_is_not_told_of_a_fault()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var peer = new RawPeer(async (_, _, stop) =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
            return false;
        });
        using var engine = peer.Connect();
        using var cancel = new CancellationTokenSource();

        var call = engine.ListAsync(ValueMap.Empty, cancel.Token).AsTask();
        await asked.Task;
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task Nobody_listening_is_an_engine_that_is_away_and_may_come_back()
    {
        using var directory = new TemporaryDirectory();
        using var engine = new DockerEngine(
            new() { Endpoint = $"unix://{directory.Combine("none.sock")}" }, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);

        var error = await Assert.ThrowsAsync<DockerException>(async () => await engine.ListAsync(ValueMap.Empty, Cancellation));

        Assert.Equal((DockerException.Unavailable, true), (error.Code, error.IsTransient));
    }

    [Theory]
    [InlineData("../../info")]
    [InlineData("a/../b")]
    [InlineData("a?force=1")]
    [InlineData("..")]
    [InlineData("a b")]
    public async Task An_id_cannot_lead_a_call_elsewhere(string id)
    {
        await using var peer = new RawPeer(RawPeer.Json("{}"));
        using var engine = peer.Connect();

        var error = await Assert.ThrowsAsync<DockerException>(async () => await engine.StartAsync(id, Cancellation));

        Assert.Equal(DockerException.NotFound, error.Code);
        Assert.Null(await engine.InspectAsync(id, Cancellation));
        Assert.Empty(peer.Requests);
    }
}
