using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Orchestrator.Benchmarks.Peers.Contestants;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Benchmarks.Peers.Scale;

/// <summary>Ours alone: how cost grows with what the database holds, with the length of a run, and what a worker's memory does.</summary>
internal static class ScaleReport
{
    private static readonly TimeProvider Time = TimeProvider.System;

    public static async Task RunAsync(bool quick)
    {
        foreach (var (name, open) in Stores())
        {
            Console.WriteLine($"\n## {name}\n");
            await GrowthAsync(open, quick);
            await FullTablesAsync(open, quick);
        }
    }

    private static IEnumerable<(string Name, Func<string, OrchestratorContestant> Open)> Stores()
    {
        var folder = Environment.GetEnvironmentVariable("PEERS_DATA") ?? Path.GetTempPath();
        yield return ("SQLite, Full", file => new(QueueHosts.Sqlite(Path.Combine(folder, $"{file}.db"), SqliteDurability.Full)));
        if (Environment.GetEnvironmentVariable("PEERS_NPGSQL") is { Length: > 0 } server)
        {
            yield return ("PostgreSQL", name => new(QueueHosts.PostgreSql(NewDatabase(server, name))));
        }
    }

    /// <summary>A database of its own for each name, as each has a file of its own with SQLite.</summary>
    private static string NewDatabase(string server, string name)
    {
        var text = new NpgsqlConnectionStringBuilder(server) { Database = "postgres", Pooling = false };
        using var connection = new NpgsqlConnection(text.ConnectionString);
        connection.Open();
        var database = $"scale_{name.Replace('-', '_')}";
        foreach (var sql in new[] { $"DROP DATABASE IF EXISTS {database} WITH (FORCE)", $"CREATE DATABASE {database}" })
        {
            using var command = new NpgsqlCommand(sql, connection);
            command.ExecuteNonQuery();
        }

        return new NpgsqlConnectionStringBuilder(server) { Database = database }.ConnectionString;
    }

    /// <summary>The same drain with more and more tasks: the cost of one must not grow.</summary>
    private static async Task GrowthAsync(Func<string, OrchestratorContestant> open, bool quick)
    {
        double first = 0;
        Console.WriteLine("| drain of | tasks a second | cost of a task, to the first |\n|---:|---:|---:|");
        foreach (var tasks in quick ? [1000, 4000, 16_000] : new[] { 5000, 20_000, 80_000 })
        {
            await using var contestant = open($"growth-{tasks}");
            await Cases.DrainAsync(contestant, 2000);
            var rate = await Cases.DrainAsync(contestant, tasks);
            first = first == 0 ? rate : first;
            Print($"| {tasks:N0} | {rate:N0} | {first / rate:F2} |");
        }

        Console.WriteLine();
    }

    private static async Task FullTablesAsync(Func<string, OrchestratorContestant> open, bool quick)
    {
        var (finished, waiting, rounds) = quick ? (100_000, 10_000, 3) : (1_000_000, 100_000, 5);
        await using var full = open("full");
        await MemoryAsync(full, finished);
        await Cases.EnqueueAsync(full, waiting, 1, 500);

        List<double> enqueueFull = [], enqueueEmpty = [], claimFull = [], claimEmpty = [];
        for (var round = 0; round < rounds; round++)
        {
            await using var empty = open($"empty-{round}");
            foreach (var (contestant, enqueue, claim) in new[] { (empty, enqueueEmpty, claimEmpty), (full, enqueueFull, claimFull) })
            {
                enqueue.Add(await Cases.EnqueueAsync(contestant, 8000, 16, 1));
                claim.Add(await ClaimAsync(contestant, 8000));
            }
        }

        var statistics = new List<double>();
        for (var i = 0; i < 50; i++)
        {
            var began = Time.GetTimestamp();
            await full.Administration.GetStatisticsAsync();
            statistics.Add(Time.GetElapsedTime(began).TotalMilliseconds);
        }

        Print($"| {finished:N0} finished and {waiting:N0} waiting | empty | full | cost, full to empty |\n|---|---:|---:|---:|");
        Print($"| enqueue, 16 callers | {Median(enqueueEmpty):N0} | {Median(enqueueFull):N0} | {Median(enqueueEmpty) / Median(enqueueFull):F2} |");
        Print($"| run 8,000 tasks | {Median(claimEmpty):N0} | {Median(claimFull):N0} | {Median(claimEmpty) / Median(claimFull):F2} |");
        Print($"| statistics, ms: median / most of 50 | | {Median(statistics):F2} / {statistics.Max():F2} | |");
    }

    /// <summary>Runs many tasks through one worker, and shows what it holds on the way: after a collection, and in the eyes of the system.</summary>
    private static async Task MemoryAsync(OrchestratorContestant contestant, int tasks)
    {
        var done = 0;
        Console.WriteLine("| tasks run by one worker | managed, MB | resident, MB |\n|---:|---:|---:|");
        await using (await contestant.WorkAsync(_ => Interlocked.Increment(ref done)))
        {
            for (var part = 1; part <= 10; part++)
            {
                await Cases.EnqueueAsync(contestant, tasks / 10, 4, 500);
                while (Volatile.Read(ref done) < tasks / 10 * part)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(10), Time);
                }

                var managed = GC.GetTotalMemory(forceFullCollection: true) / 1e6;
                Print($"| {done:N0} | {managed:F1} | {Process.GetCurrentProcess().WorkingSet64 / 1e6:F0} |");
            }
        }

        Console.WriteLine();
    }

    /// <summary>How fast the first tasks are run, however many wait behind them.</summary>
    private static async Task<double> ClaimAsync(OrchestratorContestant contestant, int tasks)
    {
        var done = 0;
        var began = Time.GetTimestamp();
        await using (await contestant.WorkAsync(_ => Interlocked.Increment(ref done)))
        {
            while (Volatile.Read(ref done) < tasks)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(2), Time);
            }

            return tasks / Time.GetElapsedTime(began).TotalSeconds;
        }
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(values.Count() / 2);

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
