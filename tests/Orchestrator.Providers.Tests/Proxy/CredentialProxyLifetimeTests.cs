using System.Net;
using System.Net.Sockets;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Proxy;

[Collection("many sockets")] // Never beside the other: one counts the sockets of this process, the other opens thousands.
public sealed class CredentialProxyLifetimeTests
{
    private readonly ProxyHost _host = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ndata\r\n")]
    public async Task Disposing_it_breaks_off_open_requests_at_both_ends_and_frees_the_port(string begun)
    {
        var arrived = new TaskCompletionSource();
        var gone = new TaskCompletionSource();
        await using var server = RawServer.Start(async (exchange, token) =>
        {
            await exchange.SendAsync(begun, token);
            arrived.SetResult();
            await exchange.WhenGoneAsync(token);
            gone.SetResult();
        });
        var proxy = await _host.OpenAsync(server.Url);
        using var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);
        using var idle = await RawClient.ConnectAsync(proxy.BaseUrl, Token);
        await client.SendAsync(ProxyHost.Post(proxy, "{}"), Token);
        await arrived.Task.WaitAsync(Token);
        Assert.Equal("", begun.Length == 0 ? "" : (await client.ReadUntilAsync("data", Token))[..0]);

        await Task.WhenAll(proxy.DisposeAsync().AsTask(), proxy.DisposeAsync().AsTask());
        await proxy.DisposeAsync();

        await gone.Task.WaitAsync(Token);
        Assert.DoesNotContain("0\r\n\r\n", (await client.ReadToEndAsync(Token)).Text, StringComparison.Ordinal);
        Assert.Equal("", (await idle.ReadToEndAsync(Token)).Text);
        await Assert.ThrowsAsync<SocketException>(() => RawClient.ConnectAsync(proxy.BaseUrl, Token));
        using var again = new TcpListener(IPAddress.Loopback, new Uri(proxy.BaseUrl).Port);
        again.Start();
        Assert.Equal(1, proxy.Usage.Requests);
    }

    [Fact]
    public async Task A_connection_that_asks_for_nothing_is_closed_after_two_minutes()
    {
        var time = new ManualTimeProvider();
        await using var proxy = await new ProxyHost(time).OpenAsync(new Uri("http://127.0.0.1:1/v1"));
        using var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);
        await client.SendAsync("POST /v1/resp", Token);
        await time.WaitForTimerAsync(1, Token);

        time.Advance(TimeSpan.FromSeconds(119));
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("", (await client.ReadToEndAsync(Token)).Text);
    }

    [Fact]
    public async Task It_listens_on_loopback_only()
    {
        await using var proxy = await _host.OpenAsync(new Uri("https://api.openai.com/v1"));
        var port = new Uri(proxy.BaseUrl).Port;

        // A socket on the same port of all other addresses can still be opened.
        using var other = new TcpListener(IPAddress.Parse("127.0.0.2"), port);
        other.Start();

        Assert.Equal("127.0.0.1", new Uri(proxy.BaseUrl).Host);
        Assert.True(other.Server.IsBound);
    }

    [Fact]
    public async Task A_cancelled_run_opens_none()
    {
        using var source = new CancellationTokenSource();
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await new CredentialProxies(TimeProvider.System).OpenAsync(
            new CredentialProxyRequest { ExecutionId = "e", Protocol = ModelProtocol.OpenAi, Upstream = new Uri("https://host"), Key = new Secrets.SecretValue("k") }, source.Token));
    }

    [Fact]
    public async Task A_hundred_proxies_leave_no_file_descriptor_behind()
    {
        await using var server = RawServer.Start(async (exchange, token) =>
        {
            await exchange.AnswerAsync("{}", token, headers: "Connection: close\r\n");
            exchange.Close();
        });
        await UseAsync(server); // What is made once, is made now.
        var before = SocketsOfThisProcess();

        for (var i = 0; i < 100; i++)
        {
            await UseAsync(server);
        }

        // Other tests of this process may open sockets of their own meanwhile; a hundred would be ours.
        Assert.InRange(SocketsOfThisProcess() - before, int.MinValue, 80);
    }

    private async Task UseAsync(RawServer server)
    {
        await using var proxy = await _host.OpenAsync(server.Url);
        using var client = await RawClient.ConnectAsync(proxy.BaseUrl, Token);
        await client.SendAsync(ProxyHost.Post(proxy, "{}"), Token);
        Assert.StartsWith("HTTP/1.1 200 ", await client.ReadAnswerAsync(Token), StringComparison.Ordinal);
    }

    private static int SocketsOfThisProcess() => new DirectoryInfo($"/proc/{Environment.ProcessId}/fd").EnumerateFiles()
        .Count(static file => file.LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);
}
