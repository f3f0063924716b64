using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Orchestrator.Benchmarks.Agents;

/// <summary>The scripted model server of the shared data, on loopback.</summary>
internal sealed class ModelServer : IDisposable
{
    private readonly Process _process;
    private readonly int _port;

    private ModelServer(Process process, int port) => (_process, _port) = (process, port);

    /// <summary>Its script; <see langword="null"/> when <c>ORCHESTRATOR_SHARED</c> does not lead to it.</summary>
    public static string? Script =>
        Environment.GetEnvironmentVariable("ORCHESTRATOR_SHARED") is { Length: > 0 } shared && Path.Combine(shared, "conformance", "agents", "fake_models.py") is var path && File.Exists(path) ? path : null;

    public static async Task<ModelServer> StartAsync(string folder)
    {
        int port;
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        var server = new ModelServer(Process.Start("python3", [Script!, $"{port}", Path.Combine(folder, "requests.log")]), port);
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port);
                return server;
            }
            catch (SocketException) when (!server._process.HasExited)
            {
                await Task.Yield(); // It has not opened its port yet.
            }
        }
    }

    public string BaseUrl(bool withVersion) => $"http://127.0.0.1:{_port}/s/edit{(withVersion ? "/v1" : "")}";

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }
}
