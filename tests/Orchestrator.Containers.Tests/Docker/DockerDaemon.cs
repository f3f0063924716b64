using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Containers.Tests.Reconciling;
using Orchestrator.Testing;

namespace Orchestrator.Containers.Docker;

/// <summary>
/// A Docker Engine of one test, which may kill it. It lives in a network of its own, with no network but <c>none</c> for its instances: engines of one network
/// would take each other's bridge away.
/// </summary>
internal sealed class DockerDaemon : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private Process? _process;
    private bool _isKilled;

    private string Endpoint => $"unix://{_directory.Combine("d.sock")}";

    public DockerEngine Connect() => new(new DockerEngineOptions { Endpoint = Endpoint }, TimeProvider.System, NullLogger.Instance);

    public HttpClient RawClient() => DockerServer.RawClient(Endpoint);

    /// <summary>Waits until so many connections to it are open: it learns a moment late that one was closed. Both ends of one count for the network of the client, which is this test's.</summary>
    public Task UntilConnectionsAsync(int count) => ScenarioHost.UntilAsync(
        () => ValueTask.FromResult(File.ReadLines("/proc/net/unix").Count(line => line.EndsWith(_directory.Combine("d.sock"), StringComparison.Ordinal))),
        open => open == count,
        static open => $"{open} connections are open.");

    /// <summary>Starts it, for the first time or again; skips or fails the test where that is not possible.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var program = Testing.Engines.Require("dockerd");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "A Docker Engine of its own needs root.");
        string[] arguments =
        [
            "--net", "--", program,
            "--data-root", _directory.Combine("data"), "--exec-root", _directory.Combine("run"), "--pidfile", _directory.Combine("pid"),
            "--bridge", "none", "--iptables=false", "-H", $"unix://{_directory.Combine("d.sock")}",
        ];

        // The containerd of an engine that was killed can be a zombie, which the next engine would take for alive and wait for.
        File.Delete(Path.Combine(Directory.CreateDirectory(_directory.Combine("run", "containerd")).FullName, "containerd.pid"));
        _process = Process.Start(new ProcessStartInfo(Testing.Engines.Require("unshare"), arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        _isKilled = false;
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        using var engine = Connect();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Assert.False(_process.HasExited, "The Docker Engine did not start.");
            try
            {
                await engine.ListAsync(ValueMap.Empty, cancellationToken);
                return;
            }
            catch (DockerException error) when (error.IsTransient)
            {
                await Task.Yield(); // It does not listen yet.
            }
        }
    }

    /// <summary>Kills it as a crash would: what runs in it goes on without it.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        (_process, _isKilled) = (null, true);
    }

    /// <summary>Ends it and all that ran in it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isKilled)
        {
            await StartAsync(CancellationToken.None); // What ran in it goes on until an engine finds it again.
        }

        if (_process is { HasExited: false } process)
        {
            using var kill = Process.Start("kill", [process.Id.ToString(CultureInfo.InvariantCulture)]);
            await process.WaitForExitAsync(CancellationToken.None);
            process.Dispose();
        }

        foreach (var mount in (await File.ReadAllLinesAsync("/proc/mounts")).Select(line => line.Split(' ')[1]).Where(path => path.StartsWith(_directory.Path, StringComparison.Ordinal)).Reverse())
        {
            using var unmount = Process.Start("umount", ["-l", mount]);
            await unmount.WaitForExitAsync(CancellationToken.None);
        }

        _directory.Dispose();
    }
}
