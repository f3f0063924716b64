using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Cli.Codex;

/// <summary>The scripted model server, on a free port of its own.</summary>
public sealed class FakeModels : IAsyncLifetime
{
    private readonly TemporaryDirectory _folder = new();
    private Process? _process;
    private int _port;

    public string Url(string scenario) => $"http://127.0.0.1:{_port}/s/{scenario}/v1";

    public string Log() => File.Exists(_folder.Combine("log")) ? File.ReadAllText(_folder.Combine("log")) : "";

    public async ValueTask InitializeAsync()
    {
        var script = RepositoryRoot.Shared("conformance", "agents", "fake_models.py");
        if (!File.Exists(script) || Engines.Find("python3") is not { } python)
        {
            return; // The tests themselves say what is missing.
        }

        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            _port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        _process = Process.Start(new ProcessStartInfo(python, [script, _port.ToString(System.Globalization.CultureInfo.InvariantCulture), _folder.Combine("log")]));
        while (!await ListensAsync())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        _folder.Dispose();
    }

    private async Task<bool> ListensAsync()
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, _port, TestContext.Current.CancellationToken);
            return true;
        }
        catch (SocketException) when (_process is { HasExited: false })
        {
            return false;
        }
    }
}
