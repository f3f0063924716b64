using System.Data.Common;

namespace Orchestrator.Queue.Crashes.Tests;

/// <summary>How long the database's own history says that the tasks of dead workers waited until they were taken back.</summary>
internal static class LeaseRecovery
{
    /// <summary>
    /// What is promised: a lease holds for its duration, then somebody who looks takes the task back; workers that hear nothing look every fifth poll interval.
    /// Two seconds more are for a machine on which more processes run than it has processors.
    /// </summary>
    public static TimeSpan Longest(TortureSettings settings) => settings.LeaseDuration + (settings.PollInterval * 5) + TimeSpan.FromSeconds(2);

    /// <summary>Reads every lease that was taken back.</summary>
    /// <param name="connection">An open connection to the queue's database.</param>
    /// <param name="table">The table of leases that are over.</param>
    /// <param name="deaths">When each worker was known to be dead.</param>
    /// <param name="starts">When the server was up again: nobody takes anything back while it is down.</param>
    /// <returns>The time from the death to the recovery, for each lease of a worker that died.</returns>
    public static async Task<List<TimeSpan>> ReadAsync(DbConnection connection, string table, ILookup<string, DateTimeOffset> deaths, IReadOnlyList<DateTimeOffset> starts)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT worker_id, started_at, ended_at FROM {table} WHERE outcome = 'crashed'";
        await using var reader = await command.ExecuteReaderAsync();
        var times = new List<TimeSpan>();
        while (await reader.ReadAsync())
        {
            var (start, end) = (DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1)), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(2)));
            times.AddRange(deaths[reader.GetString(0)].Where(death => start <= death && death <= end).Select(death => end - starts.Where(start => start <= end).Append(death).Max()));
        }

        return times;
    }
}
