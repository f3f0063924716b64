using System.Runtime.CompilerServices;
using System.Text.Json;
using Npgsql;
using Orchestrator.Auditing;
using Orchestrator.Secrets;
using Orchestrator.Storage.Auditing;
using Orchestrator.Storage.Sqlite.Auditing;

namespace Orchestrator.Storage.PostgreSql;

/// <summary>The audit trail in PostgreSQL, table <c>operation_logs</c>, with the same chain as in SQLite: entries that were copied from one to the other verify there.</summary>
/// <remarks>
/// Thread-safe; a singleton; right with many processes on one database, whose appends go one after the other. Finds every entry that was changed, removed,
/// inserted or moved, also at the end of the log. The chain has no key: whoever can write the table and recomputes every later hash and the head leaves no
/// trace. Keep the last hash elsewhere to find that, too.
/// </remarks>
public sealed class PostgreSqlOperationLog : IOperationLog
{
    private const int PageSize = 500;

    private readonly PostgreSqlDatabase _database;
    private readonly ISecretRedactor? _redactor;

    /// <summary>Makes the log.</summary>
    /// <param name="database">The database; its server's clock stamps the entries.</param>
    /// <param name="redactor">Takes secrets out; <see langword="null"/> when there are none to know.</param>
    public PostgreSqlOperationLog(PostgreSqlDatabase database, ISecretRedactor? redactor)
    {
        ArgumentNullException.ThrowIfNull(database);
        _database = database;
        _redactor = redactor;
    }

    private const string LockHead = """
        INSERT INTO {schema}.operation_log_head AS h (id, entries, hash, worker_name, container_name, created_at) VALUES (1, 0, $1, $2, $3, $4)
        ON CONFLICT (id) DO UPDATE SET entries = h.entries RETURNING h.entries, h.hash
        """;

    // Forged entries must not stop the log: the next one takes the first place that is free, and the check finds the break. A statement of its own: it sees what
    // was committed before the lock.
    private const string FindPlace = """
        SELECT CASE WHEN NOT EXISTS (SELECT FROM {schema}.operation_logs WHERE sequence = $1) THEN $1 ELSE (
            SELECT e.sequence + 1 FROM {schema}.operation_logs e
            WHERE e.sequence BETWEEN $1 AND 9223372036854775806 AND NOT EXISTS (SELECT FROM {schema}.operation_logs o WHERE o.sequence = e.sequence + 1)
            ORDER BY e.sequence LIMIT 1) END
        """;

    private const string AddEntry = """
        WITH head AS (
            UPDATE {schema}.operation_log_head SET entries = $1, hash = $13, worker_name = $9, container_name = $10)
        INSERT INTO {schema}.operation_logs (sequence, name, task_id, execution_id, provider, outcome, message, data, worker_name, container_name, created_at, previous_hash, hash)
        VALUES ($1, $2, $3::text, $4::text, $5::text, $6, $7, $8, $9, $10, $11, $12, $13)
        """;

    /// <inheritdoc/>
    public async ValueTask<OperationEntry> AppendAsync(Operation operation, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(operation);
        var clean = _redactor is null ? operation : operation with
        {
            Message = _redactor.Redact(operation.Message),
            Data = new ValueMap(operation.Data.Select(fact => KeyValuePair.Create(fact.Key, _redactor.Redact(fact.Value)))),
        };
        var now = (await _database.GetTimeAsync(cancellationToken).ConfigureAwait(false)).ToUnixTimeMilliseconds();
        return await _database.TransactAsync(
            async (session, cancel) =>
            {
                var head = await session.FirstAsync(
                    LockHead, static row => new ChainHead(row.GetInt64(0), row.GetString(1)), cancel, OperationRow.NoHash, Redaction.WithoutNul(clean.WorkerName),
                    Redaction.WithoutNul(clean.ContainerName), now).ConfigureAwait(false);
                var first = head!.Entries is >= 0 and < long.MaxValue ? head.Entries + 1 : 1;
                var place = await session.NumberAsync(FindPlace, cancel, first).ConfigureAwait(false) ?? first;
                var row = OperationRow.Create(clean, place, now, head.Hash);
                var hash = row.ComputeHash();
                await session.ExecuteAsync(
                    AddEntry, cancel, row.Sequence, row.Name, row.TaskId, row.ExecutionId, row.Provider, row.Outcome, row.Message, row.Data, row.WorkerName, row.ContainerName,
                    row.CreatedAt, row.PreviousHash, hash).ConfigureAwait(false);
                return row.ToEntry(hash);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <exception cref="StorageException">An entry was damaged so that it cannot be read.</exception>
    public async IAsyncEnumerable<OperationEntry> ReadAsync(OperationQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var left = query.Limit ?? int.MaxValue;
        for (var from = ChainWalk.Next(query.After); left > 0 && from is { } first;)
        {
            var page = await ReadPageAsync(query, first, Math.Min(left, PageSize), cancellationToken).ConfigureAwait(false);
            foreach (var row in page)
            {
                yield return ToEntry(row);
                from = ChainWalk.Next(row.Sequence);
            }

            left = page.Count < Math.Min(left, PageSize) ? 0 : left - page.Count;
        }
    }

    private const string ReadHead = "SELECT entries, hash FROM {schema}.operation_log_head";

    /// <inheritdoc/>
    public ValueTask<ChainVerification> VerifyAsync(CancellationToken cancellationToken) => ChainWalk.RunAsync(
        (from, cancel) => ReadPageAsync(new OperationQuery(), from, PageSize, cancel), PageSize, ReadHeadAsync, cancellationToken);

    private async ValueTask<ChainHead> ReadHeadAsync(CancellationToken cancellationToken) => await _database.RunAsync(
        (session, cancel) => session.FirstAsync(ReadHead, static row => new ChainHead(row.GetInt64(0), row.GetString(1)), cancel), cancellationToken).ConfigureAwait(false)
        ?? ChainHead.Empty;

    private const string ReadPage = """
        SELECT sequence, name, task_id, execution_id, provider, outcome, message, data, worker_name, container_name, created_at, previous_hash, hash
        FROM {schema}.operation_logs
        WHERE sequence >= $1 AND ($2::text IS NULL OR task_id = $2) AND ($3::text IS NULL OR name = $3)
        ORDER BY sequence LIMIT $4
        """;

    private ValueTask<List<OperationRow>> ReadPageAsync(OperationQuery query, long from, int limit, CancellationToken cancellationToken) => _database.RunAsync(
        (session, cancel) => session.QueryAsync(ReadPage, ReadRow, cancel, from, query.TaskId, query.Name, limit), cancellationToken);

    private static OperationRow ReadRow(NpgsqlDataReader row) => new()
    {
        Sequence = row.GetInt64(0),
        Name = row.GetString(1),
        TaskId = row.GetStringOrNull(2),
        ExecutionId = row.GetStringOrNull(3),
        Provider = row.GetStringOrNull(4),
        Outcome = row.GetString(5),
        Message = row.GetString(6),
        Data = row.GetString(7),
        WorkerName = row.GetString(8),
        ContainerName = row.GetString(9),
        CreatedAt = row.GetInt64(10),
        PreviousHash = row.GetString(11),
        Hash = row.GetString(12),
    };

    private OperationEntry ToEntry(OperationRow row)
    {
        try
        {
            return row.ToEntry(row.Hash!);
        }
        catch (Exception error) when (error is ArgumentException or JsonException)
        {
            throw new StorageException(
                StorageErrorCodes.Corrupt, $"Entry {row.Sequence} of the operation log in schema '{_database.Schema}' was damaged and cannot be read. Verify the log to see what else was.", error);
        }
    }
}
