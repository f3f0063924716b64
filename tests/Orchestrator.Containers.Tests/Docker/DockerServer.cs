using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Containers.Engines;

namespace Orchestrator.Containers.Docker;

/// <summary>The Docker Engine that <c>eng/engines.sh docker</c> started, with the image of <c>eng/test-images.sh</c>.</summary>
internal static class DockerServer
{
    public const string Image = "orchestrator-test/busybox:1";
    private const string Variable = "ORCHESTRATOR_DOCKER=";

    /// <summary>Its address; skips or fails the test when there is none.</summary>
    public static string Endpoint
    {
        get
        {
            var file = Path.Combine(Testing.Engines.Cache, "docker.env");
            var found = Environment.GetEnvironmentVariable(Variable[..^1]) is { Length: > 0 } configured
                ? configured
                : !File.Exists(file) ? null
                : Array.Find(File.ReadAllLines(file), line => line.StartsWith(Variable, StringComparison.Ordinal))?[Variable.Length..].Trim('"', '\'');
            if (found is null)
            {
                const string Reason = "docker is missing; install with: eng/engines.sh docker && eng/test-images.sh";
                Assert.SkipUnless(Testing.Engines.AreRequired, Reason);
                Assert.Fail(Reason);
            }

            return found;
        }
    }

    public static DockerEngine Connect(Action<DockerEngineOptions>? configure = null, TimeProvider? time = null)
    {
        var options = new DockerEngineOptions { Endpoint = Endpoint };
        configure?.Invoke(options);
        return new DockerEngine(options, time ?? TimeProvider.System, NullLogger.Instance);
    }

    /// <summary>A client of its own, to see what the engine says word for word.</summary>
    public static HttpClient RawClient(string? endpoint = null) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, token) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint((endpoint ?? Endpoint)["unix://".Length..]), token);
            return new NetworkStream(socket, ownsSocket: true);
        },
    });

    public static EngineSandbox Open() => new(Connect(), Image, "exec httpd -f -p 8080 -h /var/www");
}
