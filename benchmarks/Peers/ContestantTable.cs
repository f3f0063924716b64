using Orchestrator.Benchmarks.Peers.Contestants;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Benchmarks.Peers;

/// <summary>Opens a contestant by its name. Folders and connection strings come from the environment, as run.sh sets it.</summary>
internal static class ContestantTable
{
    public static async Task<IContestant> OpenAsync(string name) => name switch
    {
        "orchestrator-sqlite" => new OrchestratorContestant(QueueHosts.Sqlite(SqliteFile(), SqliteDurability.Full)),
        "orchestrator-sqlite-noprefetch" => new OrchestratorContestant(QueueHosts.Sqlite(SqliteFile(), SqliteDurability.Full, prefetch: 0)),
        "orchestrator-sqlite-normal" => new OrchestratorContestant(QueueHosts.Sqlite(SqliteFile(), SqliteDurability.Normal)),
        "orchestrator-postgresql" => new OrchestratorContestant(QueueHosts.PostgreSql(Variable("PEERS_NPGSQL"))),
        "orchestrator-postgresql-noprefetch" => new OrchestratorContestant(QueueHosts.PostgreSql(Variable("PEERS_NPGSQL"), prefetch: 0)),
        "raw-sqlite" => await RawSqliteContestant.OpenAsync(SqliteFile(), batch: 100),
        "raw-sqlite-each" => await RawSqliteContestant.OpenAsync(SqliteFile(), batch: 1),
        "raw-postgresql" => await RawPostgreSqlContestant.OpenAsync(Variable("PEERS_NPGSQL")),
        _ => throw new ArgumentException($"Unknown contestant '{name}'.", nameof(name)),
    };

    private static string SqliteFile() => Path.Combine(Variable("PEERS_RUN"), "tasks.db");

    private static string Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : throw new InvalidOperationException($"{name} is not set: start it by run.sh.");
}
