using Microsoft.Data.Sqlite;
using Orchestrator.Containers;
using Orchestrator.Json;
using Orchestrator.Secrets;
using Orchestrator.Storage.Containers;

namespace Orchestrator.Storage.Sqlite.Containers;

/// <summary>What became of the instances of pools, in SQLite: tables <c>container_instances</c> and <c>container_health_checks</c>.</summary>
/// <remarks>Thread-safe; a singleton. A batch is one transaction. Times are kept in whole milliseconds. What may hold a secret is redacted before it is stored.</remarks>
internal sealed class SqliteContainerHistory(SqliteDatabase database, ISecretRedactor? redactor) : IContainerHistory
{
    private const string AddTransition = """
        INSERT INTO container_instances (pool, engine_id, from_state, to_state, reason, worker_name, container_name, created_at)
        VALUES (@pool, @engineId, @from, @to, @reason, @worker, @container, @at)
        """;

    private const string AddCheck = """
        INSERT INTO container_health_checks (pool, kind, passed, message, duration_us, worker_name, container_name, created_at)
        VALUES (@pool, @kind, @passed, @message, @duration, @worker, @container, @at)
        """;

    /// <inheritdoc/>
    public async ValueTask AppendAsync(ValueList<ContainerTransition> transitions, ValueList<ContainerHealthCheck> checks, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transitions);
        ArgumentNullException.ThrowIfNull(checks);
        var (moves, findings) = (transitions.Select(entry => entry.Clean(redactor)).ToList(), checks.Select(entry => entry.Clean(redactor)).ToList());
        if (moves.Count + findings.Count > 0)
        {
            await database.WriteAsync(
                connection => moves.Sum(entry => Add(connection, entry)) + findings.Sum(entry => Add(connection, entry)), cancellationToken).ConfigureAwait(false);
        }
    }

    private const string ListTransitions = $"SELECT {ContainerRows.TransitionColumns} FROM container_instances WHERE pool = @pool ORDER BY id DESC LIMIT @limit";

    private const string ListTransitionsOfInstance = $"""
        SELECT {ContainerRows.TransitionColumns} FROM container_instances WHERE container_name = @container AND +pool = @pool ORDER BY id DESC LIMIT @limit
        """;

    /// <inheritdoc/>
    public ValueTask<ValueList<ContainerTransition>> ListTransitionsAsync(string pool, string? instance, int limit, CancellationToken cancellationToken) => ListAsync(
        pool, instance, limit, instance is null ? ListTransitions : ListTransitionsOfInstance, ContainerRows.Transition, cancellationToken);

    private const string ListChecks = $"SELECT {ContainerRows.CheckColumns} FROM container_health_checks WHERE pool = @pool ORDER BY id DESC LIMIT @limit";

    private const string ListChecksOfInstance = $"""
        SELECT {ContainerRows.CheckColumns} FROM container_health_checks WHERE container_name = @container AND +pool = @pool ORDER BY id DESC LIMIT @limit
        """;

    /// <inheritdoc/>
    public ValueTask<ValueList<ContainerHealthCheck>> ListHealthChecksAsync(string pool, string? instance, int limit, CancellationToken cancellationToken) => ListAsync(
        pool, instance, limit, instance is null ? ListChecks : ListChecksOfInstance, ContainerRows.Check, cancellationToken);

    private ValueTask<ValueList<T>> ListAsync<T>(string pool, string? instance, int limit, string sql, Func<SqliteRow, T> read, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(pool);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return database.ReadAsync(
            connection =>
            {
                var statement = connection.Statement(sql).Set("@pool", pool).Set("@limit", (long)limit);
                return (instance is null ? statement : statement.Set("@container", instance)).Query(read).ToValueList();
            },
            cancellationToken);
    }

    private static int Add(SqliteConnection connection, ContainerTransition entry) => connection.Statement(AddTransition)
        .Set("@pool", entry.Pool)
        .Set("@engineId", entry.EngineId)
        .Set("@from", entry.From.ToName())
        .Set("@to", entry.To.ToName())
        .Set("@reason", entry.Reason)
        .Set("@worker", entry.WorkerName)
        .Set("@container", entry.ContainerName)
        .Set("@at", entry.At.ToMilliseconds())
        .Execute();

    private static int Add(SqliteConnection connection, ContainerHealthCheck entry) => connection.Statement(AddCheck)
        .Set("@pool", entry.Pool)
        .Set("@kind", entry.Kind.ToName())
        .Set("@passed", entry.Passed)
        .Set("@message", entry.Message)
        .Set("@duration", entry.Duration.Microseconds())
        .Set("@worker", entry.WorkerName)
        .Set("@container", entry.ContainerName)
        .Set("@at", entry.At.ToMilliseconds())
        .Execute();
}
