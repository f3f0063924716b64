using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Queue.Crashes.Tests.Children;
using Orchestrator.Storage;
using Orchestrator.Testing;

namespace Orchestrator.Queue.Crashes.Tests;

/// <summary>Processes on one SQLite file are killed at random. <c>ORCHESTRATOR_TORTURE_TASKS</c> changes how many tasks they work on.</summary>
public sealed class SqliteCrashTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static int Tasks =>
        int.TryParse(Environment.GetEnvironmentVariable("ORCHESTRATOR_TORTURE_TASKS"), CultureInfo.InvariantCulture, out var tasks) ? tasks : 50_000;

    private TortureSettings Settings => new() { SqlitePath = _directory.Combine("queue.db"), Folder = _directory.Path, Tasks = Tasks };

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Every_task_is_done_once_while_workers_and_producers_are_killed_and_frozen()
    {
        await using var run = new TortureRun(Settings, seed: 1);

        await run.RunAsync(accidents: 30, null, Cancel);
        var exitCodes = await run.StopAsync(Cancel);

        var recoveries = await RecoveriesAsync(run);
        TestContext.Current.SendDiagnosticMessage($"{Tasks} tasks, {run.Kills} kills, {run.Freezes} freezes, {recoveries.Count} leases recovered, at the latest after {recoveries.DefaultIfEmpty().Max()}");
        Assert.Equal([0, 0, 0, 0], exitCodes);
        Assert.Equal(new QueueStatistics { Completed = Tasks }, await run.CountAsync(Cancel));
        Assert.Equal((Tasks, Tasks), run.CountEffects());
        Assert.True(run.Kills > 3 && recoveries.Count > 0, "Nobody was killed while at work.");
        Assert.All(recoveries, time => Assert.InRange(time, TimeSpan.Zero, LeaseRecovery.Longest(Settings)));
        Assert.DoesNotContain(run.Log, IsAboutLocks);
        Assert.DoesNotContain(run.Log, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_was_acknowledged_is_there_after_a_process_died_in_the_middle_of_shared_commits()
    {
        var random = SeededRandom.Create(2);
        for (var round = 0; round < 20; round++)
        {
            using var child = ChildProcess.Start(ChildRoles.Committer, Settings.WriteFor($"round-{round}", TimeSpan.Zero));
            Assert.NotEmpty(await child.FirstLine);
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(1, 200)), TimeProvider.System, Cancel);
            await child.KillAsync(Cancel);
        }

        await using var provider = TortureQueue.Open(Settings);
        var store = provider.GetRequiredService<ITaskStore>();
        var text = await File.ReadAllTextAsync(Settings.AcksPath, Cancel);
        var acknowledged = text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(acknowledged.Length > 20 * 16, $"Only {acknowledged.Length} tasks were acknowledged.");
        foreach (var id in acknowledged)
        {
            Assert.NotNull(await store.GetAsync(id, Cancel));
        }

        Assert.Equal("ok", await ScalarAsync("PRAGMA integrity_check"));
    }

    private static bool IsAboutLocks(string line) =>
        line.Contains("locked", StringComparison.OrdinalIgnoreCase) || line.Contains("busy", StringComparison.OrdinalIgnoreCase);

    private async Task<List<TimeSpan>> RecoveriesAsync(TortureRun run)
    {
        await using var connection = await OpenAsync();
        return await LeaseRecovery.ReadAsync(connection, "container_tasks", run.Deaths, []);
    }

    private async Task<string?> ScalarAsync(string sql)
    {
        await using var connection = await OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (string?)await command.ExecuteScalarAsync(Cancel);
    }

    private async Task<SqliteConnection> OpenAsync()
    {
        var connection = new SqliteConnection($"Data Source={Settings.SqlitePath};Pooling=False");
        await connection.OpenAsync(Cancel);
        return connection;
    }
}
