using System.Net;
using System.Net.Sockets;
using Orchestrator.Containers.Health;
using Orchestrator.Containers.Leasing;
using Orchestrator.Containers.Pools;
using Orchestrator.Containers.Tests.Scripted;
using Orchestrator.Testing;

namespace Orchestrator.Containers.Tests.Health;

public sealed class ProbeRunnerTests
{
    private const int Port = 8080;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(HttpStatusCode.OK, true)]
    [InlineData(HttpStatusCode.Found, true)]
    [InlineData(HttpStatusCode.NotFound, false)]
    [InlineData(HttpStatusCode.ServiceUnavailable, false)]
    public async Task A_page_passes_from_200_to_399(HttpStatusCode status, bool passes)
    {
        Uri? asked = null;
        using var runner = Runner(new StubHandler((request, _) =>
        {
            asked = request.RequestUri;
            return Task.FromResult(new HttpResponseMessage(status));
        }));

        var finding = await runner.RunAsync(Instance(41_000), new ContainerProbeOptions { Port = Port, HttpPath = "/_health?deep=1" }, null, Cancel);

        Assert.Equal((passes, $"HTTP {(int)status}"), (finding.Passed, finding.Message));
        Assert.Equal("http://127.0.0.1:41000/_health?deep=1", asked!.AbsoluteUri);
    }

    [Fact]
    public async Task A_page_that_does_not_come_in_time_fails()
    {
        var clock = new ManualTimeProvider();
        using var runner = new ProbeRunner(new ScriptedEngine(clock), clock, new StubHandler(async (_, cancellation) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
            return new HttpResponseMessage();
        }));

        var asking = runner.RunAsync(Instance(41_000), new ContainerProbeOptions { Port = Port, HttpPath = "/", Timeout = Limit }, null, Cancel);
        clock.Advance(Limit);
        var finding = await asking;

        Assert.False(finding.Passed);
        Assert.StartsWith("no answer within", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_passes_and_none_fails()
    {
        using var runner = Runner();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var options = new ContainerProbeOptions { Port = Port };

        var open = await runner.RunAsync(Instance(port), options, null, Cancel);
        listener.Stop();
        var closed = await runner.RunAsync(Instance(port), options, null, Cancel);

        Assert.Equal((true, false), (open.Passed, closed.Passed));
        Assert.Equal("ConnectionRefused", closed.Message);
    }

    [Fact]
    public async Task A_port_without_an_address_fails()
    {
        using var runner = Runner();

        var finding = await runner.RunAsync(new PoolInstance("p-1", 1, 1), new ContainerProbeOptions { Port = Port }, null, Cancel);

        Assert.Equal((false, "the engine tells no address for port 8080"), (finding.Passed, finding.Message));
    }

    [Fact]
    public async Task Cancellation_is_passed_on()
    {
        using var runner = Runner();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => runner.RunAsync(Instance(1), new ContainerProbeOptions { Port = Port }, null, new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task While_the_end_of_a_command_is_brought_about_no_other_one_begins_in_that_instance_but_in_its_successor()
    {
        var clock = new ManualTimeProvider();
        var engine = new ScriptedEngine(clock);
        var (old, next) = (engine.Create(Specification("p-1")), engine.Create(Specification("p-2")));
        using var runner = new ProbeRunner(engine, clock);
        var remains = new ProbeRemains(old.Id, new TaskCompletionSource<LeftCommand?>().Task, clock.GetTimestamp());
        var options = new ContainerProbeOptions { Command = ["check"], Timeout = Limit };

        var asking = runner.RunAsync(new PoolInstance("p-1", 1, 1) { EngineId = old.Id }, options, remains, Cancel);
        clock.Advance(Limit);
        var waiting = await asking;
        var other = await runner.RunAsync(new PoolInstance("p-1", 1, 1) { EngineId = next.Id }, options, remains, Cancel);

        Assert.Equal((false, remains, false), (waiting.Passed, waiting.Remains, waiting.IsBlocked));
        Assert.Equal((true, null), (other.Passed, other.Remains));
        Assert.Equal(["execute p-2"], engine.Calls);
    }

    [Fact]
    public async Task A_command_that_was_left_and_then_ended_is_in_nobodys_way()
    {
        var clock = new ManualTimeProvider();
        var engine = new ScriptedEngine(clock);
        var instance = engine.Create(Specification("p-1"));
        using var runner = new ProbeRunner(engine, clock);
        var shared = new PoolInstance("p-1", 1, 1) { EngineId = instance.Id };
        var options = new ContainerProbeOptions { Command = ["check"], Timeout = Limit };
        instance.HoldsCommands = true;

        var asking = runner.RunAsync(shared, options, null, Cancel);
        clock.Advance(Limit);
        var hung = await asking;
        var blocked = await runner.RunAsync(shared, options, hung.Remains, Cancel);
        instance.HoldsCommands = false;
        var passed = await runner.RunAsync(shared, options, blocked.Remains, Cancel);

        Assert.StartsWith("no answer within", hung.Message, StringComparison.Ordinal);
        Assert.Equal((false, true, hung.Remains), (hung.IsBlocked, blocked.IsBlocked, blocked.Remains));
        Assert.Equal((true, null), (passed.Passed, passed.Remains));
        Assert.Equal(["execute p-1", "end p-1", "end p-1", "execute p-1"], engine.Calls);
    }

    [Fact]
    public async Task An_engine_that_does_not_say_what_became_of_a_command_blocks_nothing_for_good()
    {
        var engine = new ScriptedEngine(TimeProvider.System) { Fault = static (call, _) => call == "end" ? CallFault.FailBefore : null };
        var instance = engine.Create(Specification("p-1"));
        using var runner = new ProbeRunner(engine, TimeProvider.System);
        var remains = new ProbeRemains(instance.Id, Task.FromResult<LeftCommand?>(new LeftCommand(instance.Id, "command", "mark")), TimeProvider.System.GetTimestamp());

        var finding = await runner.RunAsync(new PoolInstance("p-1", 1, 1) { EngineId = instance.Id }, new ContainerProbeOptions { Command = ["check"] }, remains, Cancel);

        Assert.Equal((false, "scripted.failed", remains, false), (finding.Passed, finding.Message, finding.Remains, finding.IsBlocked));
        Assert.Equal(["end p-1"], engine.Calls);
    }

    private static ContainerSpecification Specification(string name) => new() { Name = name, Image = "test" };

    private static ProbeRunner Runner(HttpMessageHandler? handler = null) => new(new ScriptedEngine(TimeProvider.System), TimeProvider.System, handler);

    private static PoolInstance Instance(int hostPort) => new("p-1", 1, 1) { Endpoints = [new ContainerEndpoint(Port, "127.0.0.1", hostPort)] };

    private sealed class StubHandler(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => answer(request, cancellationToken);
    }
}
