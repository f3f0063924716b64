using System.Net;
using System.Net.Sockets;
using Orchestrator.Testing;

namespace Orchestrator.EndToEnd.Kit;

/// <summary>The shared fake model endpoint on loopback, for real agent CLIs.</summary>
internal sealed class FakeModels : IAsyncDisposable
{
    private readonly System.Diagnostics.Process _process;

    private FakeModels(System.Diagnostics.Process process, int port, string log) => (_process, Port, LogFile) = (process, port, log);

    public int Port { get; }

    public string LogFile { get; }

    public string BaseUrl(string scenario) => $"http://127.0.0.1:{Port}/s/{scenario}/v1";

    public static async Task<FakeModels> StartAsync(CancellationToken cancellationToken)
    {
        Engines.Require("python3");
        var shared = Environment.GetEnvironmentVariable("ORCHESTRATOR_SHARED") ?? Path.Combine(RepositoryRoot.Path, "..", "shared");
        var script = Path.GetFullPath(Path.Combine(shared, "conformance", "agents", "fake_models.py"));
        Assert.True(File.Exists(script), $"The shared conformance folder is not there: {script}");
        var port = FreePort();
        var log = Path.Combine(Path.GetTempPath(), $"fake-models-{port}.log");
        var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("python3", [script, $"{port}", log]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        using var client = new HttpClient();
        while (!process.HasExited)
        {
            try
            {
                using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{port}/"), cancellationToken);
                break;
            }
            catch (HttpRequestException)
            {
                await Task.Yield();
            }
        }

        return new FakeModels(process, port, log);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        File.Delete(LogFile);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
