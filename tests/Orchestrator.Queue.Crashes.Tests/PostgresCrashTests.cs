using System.Globalization;
using Npgsql;
using Orchestrator.Testing;

namespace Orchestrator.Queue.Crashes.Tests;

/// <summary>Processes on one PostgreSQL server are killed at random, and the server beside them. <c>ORCHESTRATOR_TORTURE_TASKS</c> changes how many tasks they work on.</summary>
[Trait("Engine", "Postgres")]
public sealed class PostgresCrashTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private PostgresServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static int Tasks =>
        int.TryParse(Environment.GetEnvironmentVariable("ORCHESTRATOR_TORTURE_TASKS"), CultureInfo.InvariantCulture, out var tasks) ? tasks : 50_000;

    private TortureSettings Settings => new() { PostgresConnection = _server.ConnectionString, Folder = _directory.Path, Tasks = Tasks };

    public async ValueTask InitializeAsync() => _server = await PostgresServer.StartAsync(Cancel);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Every_task_is_done_once_while_processes_are_killed_the_server_restarts_and_crashes_and_connections_are_cut() =>
        await TortureAsync(Settings, seed: 1, TimeSpan.Zero, random => random.Next(3) switch
        {
            0 => _server.RestartAsync("fast", Cancel),
            1 => _server.RestartAsync("immediate", Cancel),
            _ => _server.CutAsync(random.Next(10, 101), Cancel),
        });

    [Fact]
    public async Task Every_task_is_done_once_where_nobody_tells_of_new_tasks() =>
        await TortureAsync(Settings with { Tasks = Tasks / 5, Notify = false }, seed: 2, TimeSpan.Zero, random => _server.CutAsync(random.Next(10, 101), Cancel));

    [Fact]
    public async Task Every_task_is_done_once_where_the_clocks_of_the_workers_are_five_minutes_apart() =>
        await TortureAsync(Settings with { Tasks = Tasks / 5 }, seed: 3, TimeSpan.FromMinutes(5), accident: null);

    private async Task TortureAsync(TortureSettings settings, int seed, TimeSpan skew, Func<Random, Task>? accident)
    {
        await using var run = new TortureRun(settings, seed, skew);

        await run.RunAsync(accidents: 25, accident, Cancel);
        var exitCodes = await run.StopAsync(Cancel);

        var recoveries = await RecoveriesAsync(run);
        TestContext.Current.SendDiagnosticMessage(
            $"{settings.Tasks} tasks, {run.Kills} kills, {run.Freezes} freezes, {_server.Starts.Count - 1} restarts, {recoveries.Count} leases recovered, at the latest after {recoveries.DefaultIfEmpty().Max()}");
        Assert.Equal([0, 0, 0, 0], exitCodes);
        Assert.Equal(new QueueStatistics { Completed = settings.Tasks }, await run.CountAsync(Cancel));
        Assert.Equal((settings.Tasks, settings.Tasks), run.CountEffects());
        Assert.True(run.Kills > 3 && recoveries.Count > 0, "Nobody was killed while at work.");
        Assert.All(recoveries, time => Assert.InRange(time, TimeSpan.Zero, LeaseRecovery.Longest(settings)));
    }

    private async Task<List<TimeSpan>> RecoveriesAsync(TortureRun run)
    {
        await using var connection = new NpgsqlConnection(_server.ConnectionString);
        await connection.OpenAsync(Cancel);
        return await LeaseRecovery.ReadAsync(connection, "orchestrator.container_tasks", run.Deaths, _server.Starts);
    }
}
