using Microsoft.Extensions.Logging;
using Orchestrator.Containers.Health;
using Orchestrator.Containers.Leasing;
using Orchestrator.Containers.Pools;
using Orchestrator.Testing;

namespace Orchestrator.Containers.Docker;

/// <summary>What becomes of a command whose kill goes wrong within the engine.</summary>
public sealed class DockerSweepFailureTests
{
    private const string Stream = "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n";
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("500 Internal Server Error")]
    [InlineData("503 Service Unavailable")]
    [InlineData("403 Forbidden")]
    public async Task A_command_that_cannot_be_looked_for_takes_its_instance_with_it(string status)
    {
        await using var peer = Peer((write, _) => write(RawPeer.Json("{}", status)));
        using var engine = peer.Connect();

        await LeaveAsync(engine);

        Assert.Equal(1, Kills(peer));
    }

    [Fact]
    public async Task A_search_that_hangs_is_given_up_and_the_instance_killed()
    {
        var searches = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var peer = Peer(async (_, stop) =>
        {
            searches.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
        });
        var time = new ManualTimeProvider();
        using var engine = peer.Connect(time);

        var leaving = LeaveAsync(engine);
        await searches.Task.WaitAsync(Cancellation);
        time.Advance(TimeSpan.FromSeconds(61));
        await leaving;

        Assert.Equal(1, Kills(peer));
    }

    [Fact]
    public async Task A_probe_that_does_not_answer_costs_no_instance()
    {
        var (outcome, started, limit) = (new KillLog(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), TimeSpan.FromSeconds(1));
        await using var peer = Peer((write, _) => write(RawPeer.Json("{}", "500 Internal Server Error")), started.SetResult);
        var time = new ManualTimeProvider();
        using var engine = peer.Connect(logger: outcome);
        using var runner = new ProbeRunner(engine, time);

        var asking = runner.RunAsync(new PoolInstance("p-1", 1, 1) { EngineId = "i" }, new ContainerProbeOptions { Command = ["x"], Timeout = limit }, null, Cancellation);
        await started.Task.WaitAsync(Cancellation);
        time.Advance(limit);
        var finding = await asking;
        var left = await finding.Remains!.Ending.WaitAsync(Cancellation);
        var unknown = await Assert.ThrowsAsync<DockerException>(() => engine.TryEndAsync(left!, Cancellation).AsTask());

        Assert.False(finding.Passed);
        Assert.Equal(("i", "e"), (left!.Instance, left.Run));
        Assert.Equal(DockerException.Failed, unknown.Code); // Nothing is known, which is not that it runs.
        Assert.Equal("DockerProbeNotKilled", await outcome.Written.WaitAsync(Cancellation));
        Assert.Equal(0, Kills(peer));
    }

    private static int Kills(RawPeer peer) => peer.Requests.Count(request => request.Contains("/containers/i/kill?signal=KILL", StringComparison.Ordinal));

    /// <summary>A command that runs and prints a line; the second one, which looks for it, is answered by a test.</summary>
    private static RawPeer Peer(Func<Func<string, Task>, CancellationToken, Task> search, Action? started = null)
    {
        var commands = 0;
        return new RawPeer(async (request, write, stop) =>
        {
            if (request.Contains("/containers/i/exec", StringComparison.Ordinal) && ++commands > 1)
            {
                await search(write, stop);
                return true;
            }

            var isStart = request.Contains("/exec/e/start", StringComparison.Ordinal);
            await write(request.Contains("/_ping", StringComparison.Ordinal) ? RawPeer.Ping
                : isStart ? Stream + "\u0001\0\0\0\0\0\0\u0003up\n"
                : request.Contains("/exec/e/json", StringComparison.Ordinal) ? RawPeer.Json("""{"Running":true}""")
                : request.Contains("/kill", StringComparison.Ordinal) ? "HTTP/1.1 204 No Content\r\n\r\n"
                : RawPeer.Json("""{"Id":"e"}"""));
            if (isStart)
            {
                started?.Invoke();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
            }

            return true;
        });
    }

    private static async Task LeaveAsync(DockerEngine engine)
    {
        var command = new ContainerCommand { Command = new CommandLine { Executable = "x" } };
        await foreach (var line in engine.ExecuteAsync("i", command, Cancellation))
        {
            Assert.Equal("up", line.Text);
            break;
        }
    }

    /// <summary>What became of the command, as the engine tells it.</summary>
    private sealed class KillLog : ILogger
    {
        private static readonly string[] Outcomes = ["DockerProbeNotKilled", "DockerInstanceKilledForCommand", "DockerCommandNotKilled", "DockerCommandKilled"];
        private readonly TaskCompletionSource<string> _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> Written => _written.Task;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (Outcomes.Contains(eventId.Name))
            {
                _written.TrySetResult(eventId.Name!);
            }
        }
    }
}
