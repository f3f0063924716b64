using Npgsql;
using Orchestrator.Containers;
using Orchestrator.Json;
using Orchestrator.Secrets;
using Orchestrator.Storage.Containers;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Storage.PostgreSql.Containers;

/// <summary>What became of the instances of pools, in PostgreSQL: tables <c>container_instances</c> and <c>container_health_checks</c>.</summary>
/// <remarks>Thread-safe; a singleton. A batch is one transaction. Times are kept in whole milliseconds. What may hold a secret is redacted before it is stored.</remarks>
internal sealed class PostgreSqlContainerHistory(PostgreSqlDatabase database, ISecretRedactor? redactor) : IContainerHistory
{
    private const string AddTransitions = """
        INSERT INTO {schema}.container_instances (pool, engine_id, from_state, to_state, reason, worker_name, container_name, created_at)
        SELECT pool, engine_id, from_state, to_state, reason, worker_name, container_name, created_at
        FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[]) WITH ORDINALITY
            t (pool, engine_id, from_state, to_state, reason, worker_name, container_name, created_at, number)
        ORDER BY number
        """;

    private const string AddChecks = """
        INSERT INTO {schema}.container_health_checks (pool, kind, passed, message, duration_us, worker_name, container_name, created_at)
        SELECT pool, kind, passed, message, duration_us, worker_name, container_name, created_at
        FROM unnest($1::text[], $2::text[], $3::boolean[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::bigint[]) WITH ORDINALITY
            t (pool, kind, passed, message, duration_us, worker_name, container_name, created_at, number)
        ORDER BY number
        """;

    /// <inheritdoc/>
    public async ValueTask AppendAsync(ValueList<ContainerTransition> transitions, ValueList<ContainerHealthCheck> checks, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transitions);
        ArgumentNullException.ThrowIfNull(checks);
        var (moves, findings) = (transitions.Select(entry => entry.Clean(redactor)).ToArray(), checks.Select(entry => entry.Clean(redactor)).ToArray());
        if (moves.Length + findings.Length == 0)
        {
            return;
        }

        await database.TransactAsync(
            async (session, cancel) =>
            {
                var rows = moves.Length == 0 ? 0 : await session.ExecuteAsync(AddTransitions, cancel, Columns(moves)).ConfigureAwait(false);
                return findings.Length == 0 ? rows : rows + await session.ExecuteAsync(AddChecks, cancel, Columns(findings)).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
    }

    private const string ListTransitions = $$"""
        SELECT {{ContainerRows.TransitionColumns}} FROM {schema}.container_instances
        WHERE pool = $1 AND ($3::text IS NULL OR container_name = $3) ORDER BY id DESC LIMIT $2
        """;

    /// <inheritdoc/>
    public ValueTask<ValueList<ContainerTransition>> ListTransitionsAsync(string pool, string? instance, int limit, CancellationToken cancellationToken) =>
        ListAsync(pool, instance, limit, ListTransitions, ReadTransition, cancellationToken);

    private const string ListChecks = $$"""
        SELECT {{ContainerRows.CheckColumns}} FROM {schema}.container_health_checks
        WHERE pool = $1 AND ($3::text IS NULL OR container_name = $3) ORDER BY id DESC LIMIT $2
        """;

    /// <inheritdoc/>
    public ValueTask<ValueList<ContainerHealthCheck>> ListHealthChecksAsync(string pool, string? instance, int limit, CancellationToken cancellationToken) =>
        ListAsync(pool, instance, limit, ListChecks, ReadCheck, cancellationToken);

    private async ValueTask<ValueList<T>> ListAsync<T>(string pool, string? instance, int limit, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(pool);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var rows = await database.RunAsync((session, cancel) => session.QueryAsync(sql, read, cancel, pool, limit, instance), cancellationToken).ConfigureAwait(false);
        return rows.ToValueList();
    }

    private static object?[] Columns(ContainerTransition[] rows) =>
    [
        Array.ConvertAll(rows, row => row.Pool), Array.ConvertAll(rows, row => row.EngineId), Array.ConvertAll(rows, row => row.From.ToName()),
        Array.ConvertAll(rows, row => row.To.ToName()), Array.ConvertAll(rows, row => row.Reason), Array.ConvertAll(rows, row => row.WorkerName),
        Array.ConvertAll(rows, row => row.ContainerName), Array.ConvertAll(rows, row => row.At.ToMilliseconds()),
    ];

    private static object?[] Columns(ContainerHealthCheck[] rows) =>
    [
        Array.ConvertAll(rows, row => row.Pool), Array.ConvertAll(rows, row => row.Kind.ToName()), Array.ConvertAll(rows, row => row.Passed),
        Array.ConvertAll(rows, row => row.Message), Array.ConvertAll(rows, row => row.Duration.Microseconds()), Array.ConvertAll(rows, row => row.WorkerName),
        Array.ConvertAll(rows, row => row.ContainerName), Array.ConvertAll(rows, row => row.At.ToMilliseconds()),
    ];

    private static ContainerTransition ReadTransition(NpgsqlDataReader row) => ContainerRows.Transition(new PostgreSqlRow(row));

    private static ContainerHealthCheck ReadCheck(NpgsqlDataReader row) => ContainerRows.Check(new PostgreSqlRow(row));
}
