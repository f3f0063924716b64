using System.Net.Sockets;
using System.Text;
using Orchestrator.Providers.Proxy;
using Orchestrator.Secrets;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Containers;

/// <summary>The credential proxy on a socket of the file system, which a container's forwarder makes a port.</summary>
public sealed class ProxyDoorTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public async Task It_takes_requests_on_a_socket_for_its_owner_alone_under_the_port_of_the_container()
    {
        var door = new ProxyDoor(_directory.Combine("proxy"), 8484);
        await using (var proxy = await OpenAsync(door))
        {
            using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await client.ConnectAsync(new UnixDomainSocketEndPoint(door.SocketPath), TestContext.Current.CancellationToken);
            await client.SendAsync(Encoding.ASCII.GetBytes($"GET /v1/nothing HTTP/1.1\r\nHost: 127.0.0.1:8484\r\nAuthorization: Bearer {proxy.Key.Reveal()}\r\n\r\n"), TestContext.Current.CancellationToken);

            var buffer = new byte[4096];
            var answer = Encoding.ASCII.GetString(buffer, 0, await client.ReceiveAsync(buffer, TestContext.Current.CancellationToken));

            Assert.Equal("http://127.0.0.1:8484/v1", proxy.BaseUrl);
            Assert.StartsWith("HTTP/1.1 404", answer, StringComparison.Ordinal); // Past the key and the host: no such path of the model's server.
            Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no modes.");
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(door.SocketPath));
        }

        Assert.False(File.Exists(door.SocketPath));
    }

    [Fact]
    public async Task A_socket_that_is_taken_is_not_opened()
    {
        var door = new ProxyDoor(_directory.Combine("proxy"), 8484);
        await using var first = await OpenAsync(door);

        await Assert.ThrowsAsync<SocketException>(async () => await OpenAsync(door));
    }

    public void Dispose() => _directory.Dispose();

    private static async Task<CredentialProxy> OpenAsync(ProxyDoor door) => await new CredentialProxies(TimeProvider.System).OpenAsync(
        new CredentialProxyRequest { ExecutionId = "exec-1", Protocol = ModelProtocol.OpenAi, Upstream = new Uri("http://127.0.0.1:9/v1"), Key = new SecretValue("sk-real-4711"), Door = door },
        TestContext.Current.CancellationToken);
}
