using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestrator.Testing;

namespace Orchestrator.Hosting.Tests;

public sealed class OrchestratorRecoveryTests : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly ManualTimeProvider _time = new();
    private readonly RecordingLoggerProvider _logs = new();
    private readonly ServiceProvider _services;

    public OrchestratorRecoveryTests()
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_time).AddLogging(logging => logging.AddProvider(_logs));
        services.AddOrchestrator(options => options.StateDirectory = _directory.Path);
        _services = services.BuildServiceProvider();
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _logs.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task What_is_left_behind_while_a_process_runs_is_removed_within_a_minute()
    {
        var token = TestContext.Current.CancellationToken;
        var recovery = _services.GetServices<IHostedService>().OfType<OrchestratorRecovery>().Single();
        await recovery.StartAsync(token);
        var leftover = Directory.CreateDirectory(Path.Combine(_directory.Path, "workspaces", "dead-execution", "tree"));
        await File.WriteAllTextAsync(Path.Combine(_directory.Path, "workspaces", "dead-execution.lock"), "orchestrator workspace dead-execution\n", token);
        await _time.WaitForTimerAsync(1, token);

        _time.Advance(OrchestratorRecovery.Interval);
        await _logs.WaitForAsync(entry => entry.EventId.Name == "LeftoversRemoved", token);

        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_directory.Path, "workspaces")));
        Assert.False(Directory.Exists(leftover.FullName));
        await recovery.StopAsync(token);
    }

    [Theory]
    [InlineData("not a name")]
    [InlineData("somebodys-project")]
    public async Task A_directory_that_is_no_workspace_is_left_alone(string name)
    {
        var token = TestContext.Current.CancellationToken;
        var strange = Directory.CreateDirectory(Path.Combine(_directory.Path, "workspaces", name));
        var recovery = _services.GetServices<IHostedService>().OfType<OrchestratorRecovery>().Single();

        await recovery.StartAsync(token);

        Assert.True(Directory.Exists(strange.FullName));
        await recovery.StopAsync(token);
    }
}
