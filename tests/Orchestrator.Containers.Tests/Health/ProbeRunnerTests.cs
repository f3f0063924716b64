using System.Net;
using System.Net.Sockets;
using Orchestrator.Containers.Health;
using Orchestrator.Containers.Leasing;
using Orchestrator.Containers.Pools;
using Orchestrator.Containers.Tests.Scripted;

namespace Orchestrator.Containers.Tests.Health;

public sealed class ProbeRunnerTests
{
    private const int Port = 8080;

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

        var finding = await runner.RunAsync(Instance(41_000), new ContainerProbeOptions { Port = Port, HttpPath = "/_health?deep=1" }, Cancel);

        Assert.Equal((passes, $"HTTP {(int)status}"), (finding.Passed, finding.Message));
        Assert.Equal("http://127.0.0.1:41000/_health?deep=1", asked!.AbsoluteUri);
    }

    [Fact]
    public async Task A_page_that_does_not_come_in_time_fails()
    {
        using var runner = Runner(new StubHandler(async (_, cancellation) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
            return new HttpResponseMessage();
        }));

        var finding = await runner.RunAsync(Instance(41_000), new ContainerProbeOptions { Port = Port, HttpPath = "/", Timeout = TimeSpan.FromMilliseconds(20) }, Cancel);

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

        var open = await runner.RunAsync(Instance(port), options, Cancel);
        listener.Stop();
        var closed = await runner.RunAsync(Instance(port), options, Cancel);

        Assert.Equal((true, false), (open.Passed, closed.Passed));
        Assert.Equal("ConnectionRefused", closed.Message);
    }

    [Fact]
    public async Task A_port_without_an_address_fails()
    {
        using var runner = Runner();

        var finding = await runner.RunAsync(new PoolInstance("p-1", 1, 1), new ContainerProbeOptions { Port = Port }, Cancel);

        Assert.Equal((false, "the engine tells no address for port 8080"), (finding.Passed, finding.Message));
    }

    [Fact]
    public async Task Cancellation_is_passed_on()
    {
        using var runner = Runner();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => runner.RunAsync(Instance(1), new ContainerProbeOptions { Port = Port }, new CancellationToken(canceled: true)));
    }

    private static ProbeRunner Runner(HttpMessageHandler? handler = null) => new(new ScriptedEngine(TimeProvider.System), TimeProvider.System, handler);

    private static PoolInstance Instance(int hostPort) => new("p-1", 1, 1) { Endpoints = [new ContainerEndpoint(Port, "127.0.0.1", hostPort)] };

    private sealed class StubHandler(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => answer(request, cancellationToken);
    }
}
