using System.Diagnostics;
using Xunit;

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
        for (var attempt = 1; ; attempt++)
        {
            // Somebody else may take the port before the server does, and answer in its place.
            var port = FreePorts.Next();
            var directory = new TemporaryDirectory();
            var models = new FakeModels(Process.Start(new ProcessStartInfo(python, [script, $"{port}", LogIn(directory)]))!, port, directory);
            if (await models.AnswersAsync(cancellationToken))
            {
                return models;
            }

            await models.DisposeAsync();
            Assert.True(attempt < 5, "The fake model endpoint found no port of its own.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _directory.Dispose();
    }

    private static string LogIn(TemporaryDirectory directory) => directory.Combine("requests.log");

    /// <summary>Waits until it is this server that answers on the port: it writes down what it is asked.</summary>
    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var mark = $"probe-{Environment.ProcessId}-{System.IO.Path.GetFileName(_directory.Path)}";
        while (!_process.HasExited)
        {
            try
            {
                using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{Port}/{mark}"), cancellationToken);
                if (Log().Contains(mark, StringComparison.Ordinal))
                {
                    return true;
                }
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
            {
                await Task.Yield(); // It has not opened its port yet.
            }
        }

        return false;
    }
}
