using Orchestrator.Containers;
using Orchestrator.Json;
using Orchestrator.Queue;
using Orchestrator.Secrets;
using Orchestrator.Storage.Containers;

namespace Orchestrator.Storage.Sqlite.Containers;

/// <summary>What hosts tell of their pools and what is asked of them, in SQLite: tables <c>container_pool_state</c> and <c>container_pool_requests</c>.</summary>
/// <remarks>Thread-safe; a singleton. Times are kept in whole milliseconds. What may hold a secret is redacted before it is stored.</remarks>
internal sealed class SqliteContainerPoolState(SqliteDatabase database, WorkerIdentity? worker, ISecretRedactor? redactor) : IContainerPoolState
{
    private const string FindEntry = $"""
        SELECT {ContainerRows.EntryColumns} FROM container_pool_state WHERE pool = @pool AND worker_name = @worker AND key = @key
        """;

    /// <inheritdoc/>
    public ValueTask<PoolStateEntry?> GetAsync(string pool, string workerName, string key, CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.Statement(FindEntry).Set("@pool", pool).Set("@worker", workerName).Set("@key", key).Single(ContainerRows.Entry), cancellationToken);

    private const string ListEntries = $"""
        SELECT {ContainerRows.EntryColumns} FROM container_pool_state WHERE @pool IS NULL OR pool = @pool ORDER BY pool, worker_name, key
        """;

    /// <inheritdoc/>
    public ValueTask<ValueList<PoolStateEntry>> ListAsync(string? pool, CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.Statement(ListEntries).Set("@pool", pool).Query(ContainerRows.Entry).ToValueList(), cancellationToken);

    private const string AddEntry = """
        INSERT INTO container_pool_state (pool, worker_name, key, value, version, at, container_name, created_at)
        VALUES (@pool, @worker, @key, @value, @version + 1, @at, @container, @at)
        ON CONFLICT (pool, worker_name, key) DO NOTHING
        """;

    private const string ChangeEntry = """
        UPDATE container_pool_state SET value = @value, version = version + 1, at = @at, container_name = @container
        WHERE pool = @pool AND worker_name = @worker AND key = @key AND version = @version
        """;

    /// <inheritdoc/>
    public async ValueTask<long?> SetAsync(PoolStateEntry entry, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var clean = entry.Clean(redactor);
        var rows = await database.WriteAsync(
            connection => connection.Statement(clean.Version == 0 ? AddEntry : ChangeEntry)
                .Set("@pool", clean.Pool)
                .Set("@worker", clean.WorkerName)
                .Set("@key", clean.Key)
                .Set("@value", clean.Value)
                .Set("@version", clean.Version)
                .Set("@at", clean.At.ToMilliseconds())
                .Set("@container", worker?.ContainerName ?? "local")
                .Execute(),
            cancellationToken).ConfigureAwait(false);
        return rows > 0 ? clean.Version + 1 : null;
    }

    private const string AddRequest = """
        INSERT INTO container_pool_requests (id, pool, kind, instances, weight, state, expires_at, worker_name, container_name, created_at)
        VALUES (@id, @pool, @kind, @instances, @weight, 'pending', @expires, @worker, @container, @at)
        ON CONFLICT (id) DO NOTHING
        """;

    /// <inheritdoc/>
    public async ValueTask AddRequestAsync(PoolRequest request, CancellationToken cancellationToken)
    {
        StoredContainers.DemandPending(request);
        await database.WriteAsync(
            connection => connection.Statement(AddRequest)
                .Set("@id", request.Id.ToString("D"))
                .Set("@pool", request.Pool)
                .Set("@kind", request.Kind.ToName())
                .Set("@instances", (long?)request.Instances)
                .Set("@weight", request.Weight)
                .Set("@expires", request.ExpiresAt.ToMilliseconds())
                .Set("@worker", request.WorkerName)
                .Set("@container", request.Instance)
                .Set("@at", request.CreatedAt.ToMilliseconds())
                .Execute(),
            cancellationToken).ConfigureAwait(false);
    }

    private const string FindRequest = $"SELECT {ContainerRows.RequestColumns} FROM container_pool_requests WHERE id = @id";

    /// <inheritdoc/>
    public ValueTask<PoolRequest?> FindRequestAsync(Guid id, CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.Statement(FindRequest).Set("@id", id.ToString("D")).Single(ContainerRows.Request), cancellationToken);

    private const string FindPending = """
        SELECT seq FROM container_pool_requests WHERE worker_name = @worker AND state = 'pending' AND expires_at > @now ORDER BY seq
        """;

    private const string TakeRequest = $"UPDATE container_pool_requests SET state = 'taken' WHERE seq = @seq AND state = 'pending' RETURNING {ContainerRows.RequestColumns}";

    /// <inheritdoc/>
    public async ValueTask<ValueList<PoolRequest>> TakeRequestsAsync(string workerName, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(workerName);

        // Hosts look every second: without a request there is nothing to write, and nobody has to wait.
        var found = await database.ReadAsync(
            connection => connection.Statement(FindPending).Set("@worker", workerName).Set("@now", now.ToMilliseconds()).Query(row => row.GetInt64(0)), cancellationToken).ConfigureAwait(false);
        return found.Count == 0 ? [] : await database.WriteAsync(
            connection => found.Select(seq => connection.Statement(TakeRequest).Set("@seq", seq).Single(ContainerRows.Request)).OfType<PoolRequest>().ToValueList(), cancellationToken).ConfigureAwait(false);
    }

    private const string EndRequest = "UPDATE container_pool_requests SET state = @state, message = @message, ended_at = @at WHERE id = @id AND state = 'taken'";

    /// <inheritdoc/>
    public async ValueTask<bool> EndRequestAsync(Guid id, PoolRequestState state, string? message, DateTimeOffset now, CancellationToken cancellationToken)
    {
        StoredContainers.DemandOutcome(state);
        var clean = Redaction.OptionalText(redactor, message);
        return await database.WriteAsync(
            connection => connection.Statement(EndRequest)
                .Set("@id", id.ToString("D"))
                .Set("@state", state.ToName())
                .Set("@message", clean)
                .Set("@at", now.ToMilliseconds())
                .Execute(),
            cancellationToken).ConfigureAwait(false) > 0;
    }
}
