using Npgsql;
using Orchestrator.Containers;
using Orchestrator.Json;
using Orchestrator.Queue;
using Orchestrator.Secrets;
using Orchestrator.Storage.Containers;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Storage.PostgreSql.Containers;

/// <summary>What hosts tell of their pools and what is asked of them, in PostgreSQL: tables <c>container_pool_state</c> and <c>container_pool_requests</c>.</summary>
/// <remarks>Thread-safe; a singleton. Times are kept in whole milliseconds. What may hold a secret is redacted before it is stored.</remarks>
internal sealed class PostgreSqlContainerPoolState(PostgreSqlDatabase database, WorkerIdentity? worker, ISecretRedactor? redactor) : IContainerPoolState
{
    private const string FindEntry = $$"""
        SELECT {{ContainerRows.EntryColumns}} FROM {schema}.container_pool_state WHERE pool = $1 AND worker_name = $2 AND key = $3
        """;

    /// <inheritdoc/>
    public ValueTask<PoolStateEntry?> GetAsync(string pool, string workerName, string key, CancellationToken cancellationToken) =>
        database.RunAsync((session, cancel) => session.FirstAsync(FindEntry, ReadEntry, cancel, pool, workerName, key), cancellationToken);

    private const string ListEntries = $$"""
        SELECT {{ContainerRows.EntryColumns}} FROM {schema}.container_pool_state WHERE $1::text IS NULL OR pool = $1 ORDER BY pool, worker_name, key
        """;

    /// <inheritdoc/>
    public async ValueTask<ValueList<PoolStateEntry>> ListAsync(string? pool, CancellationToken cancellationToken)
    {
        var rows = await database.RunAsync((session, cancel) => session.QueryAsync(ListEntries, ReadEntry, cancel, pool), cancellationToken).ConfigureAwait(false);
        return rows.ToValueList();
    }

    private const string AddEntry = """
        INSERT INTO {schema}.container_pool_state (pool, worker_name, key, value, version, at, container_name, created_at)
        VALUES ($1, $2, $3, $4::text, $5::bigint + 1, $6, $7, $6)
        ON CONFLICT (pool, worker_name, key) DO NOTHING
        """;

    private const string ChangeEntry = """
        UPDATE {schema}.container_pool_state SET value = $4::text, version = version + 1, at = $6, container_name = $7
        WHERE pool = $1 AND worker_name = $2 AND key = $3 AND version = $5
        """;

    /// <inheritdoc/>
    public async ValueTask<long?> SetAsync(PoolStateEntry entry, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var clean = entry.Clean(redactor);
        object?[] values = [clean.Pool, clean.WorkerName, clean.Key, clean.Value, clean.Version, clean.At.ToMilliseconds(), worker?.ContainerName ?? "local"];
        var rows = await database.RunAsync(
            (session, cancel) => session.ExecuteAsync(clean.Version == 0 ? AddEntry : ChangeEntry, cancel, values), cancellationToken).ConfigureAwait(false);
        return rows > 0 ? clean.Version + 1 : null;
    }

    private const string AddRequest = """
        INSERT INTO {schema}.container_pool_requests (id, pool, kind, instances, state, expires_at, worker_name, container_name, created_at, weight)
        VALUES ($1, $2, $3, $4::bigint, 'pending', $5, $6, $7::text, $8, $9::double precision)
        ON CONFLICT (id) DO NOTHING
        """;

    /// <inheritdoc/>
    public async ValueTask AddRequestAsync(PoolRequest request, CancellationToken cancellationToken)
    {
        StoredContainers.DemandPending(request);
        object?[] values =
        [
            request.Id.ToString("D"), request.Pool, request.Kind.ToName(), (long?)request.Instances, request.ExpiresAt.ToMilliseconds(), request.WorkerName, request.Instance,
            request.CreatedAt.ToMilliseconds(), request.Weight,
        ];
        await database.RunAsync((session, cancel) => session.ExecuteAsync(AddRequest, cancel, values), cancellationToken).ConfigureAwait(false);
    }

    private const string FindRequest = $$"""SELECT {{ContainerRows.RequestColumns}} FROM {schema}.container_pool_requests WHERE id = $1""";

    /// <inheritdoc/>
    public ValueTask<PoolRequest?> FindRequestAsync(Guid id, CancellationToken cancellationToken) =>
        database.RunAsync((session, cancel) => session.FirstAsync(FindRequest, ReadRequest, cancel, id.ToString("D")), cancellationToken);

    private const string TakeRequests = $$"""
        WITH taken AS (
            UPDATE {schema}.container_pool_requests SET state = 'taken'
            WHERE state = 'pending' AND seq IN (
                SELECT p.seq FROM {schema}.container_pool_requests p
                WHERE p.worker_name = $1 AND p.state = 'pending' AND p.expires_at > $2 ORDER BY p.seq FOR UPDATE SKIP LOCKED)
            RETURNING seq, {{ContainerRows.RequestColumns}})
        SELECT {{ContainerRows.RequestColumns}} FROM taken ORDER BY seq
        """;

    /// <inheritdoc/>
    public async ValueTask<ValueList<PoolRequest>> TakeRequestsAsync(string workerName, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(workerName);
        var rows = await database.RunAsync(
            (session, cancel) => session.QueryAsync(TakeRequests, ReadRequest, cancel, workerName, now.ToMilliseconds()), cancellationToken).ConfigureAwait(false);
        return rows.ToValueList();
    }

    private const string EndRequest = """
        UPDATE {schema}.container_pool_requests SET state = $2, message = $3::text, ended_at = $4 WHERE id = $1 AND state = 'taken'
        """;

    /// <inheritdoc/>
    public async ValueTask<bool> EndRequestAsync(Guid id, PoolRequestState state, string? message, DateTimeOffset now, CancellationToken cancellationToken)
    {
        StoredContainers.DemandOutcome(state);
        object?[] values = [id.ToString("D"), state.ToName(), Redaction.OptionalText(redactor, message), now.ToMilliseconds()];
        return await database.RunAsync((session, cancel) => session.ExecuteAsync(EndRequest, cancel, values), cancellationToken).ConfigureAwait(false) > 0;
    }

    private static PoolStateEntry ReadEntry(NpgsqlDataReader row) => ContainerRows.Entry(new PostgreSqlRow(row));

    private static PoolRequest ReadRequest(NpgsqlDataReader row) => ContainerRows.Request(new PostgreSqlRow(row));
}
