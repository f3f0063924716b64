using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Orchestrator.Testing;

/// <summary>The shared fake model endpoint on loopback, for real agent CLIs.</summary>
public sealed class FakeModels : IAsyncDisposable
{
    private readonly Process _process;
    private readonly TemporaryDirectory _directory;

    private FakeModels(Process process, int port, TemporaryDirectory directory) => (_process, Port, _directory) = (process, port, directory);

    public int Port { get; }

    /// <summary>What was asked of it so far.</summary>
    public string Log() => File.Exists(LogIn(_directory)) ? File.ReadAllText(LogIn(_directory)) : "";

    public string BaseUrl(string scenario) => $"http://127.0.0.1:{Port}/s/{scenario}/v1";

    public static async Task<FakeModels> StartAsync(CancellationToken cancellationToken)
    {
        var python = Engines.Require("python3");
        var script = Engines.RequireShared("conformance", "agents", "fake_models.py");
        var port = FreePorts.Next();
        var directory = new TemporaryDirectory();
        var models = new FakeModels(Process.Start(new ProcessStartInfo(python, [script, $"{port}", LogIn(directory)]))!, port, directory);
        await models.WaitUntilReachableAsync(cancellationToken);
        return models;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _directory.Dispose();
    }

    private static string LogIn(TemporaryDirectory directory) => directory.Combine("requests.log");

    private async Task WaitUntilReachableAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_process.HasExited)
            {
                throw new InvalidOperationException("The fake model endpoint ended at once.");
            }

            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, Port, cancellationToken);
                return;
            }
            catch (SocketException)
            {
                await Task.Yield(); // It has not opened its port yet.
            }
        }
    }
}
