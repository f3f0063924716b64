using System.Runtime.CompilerServices;
using System.Text.Json;
using Dapper;
using Orchestrator.Auditing;
using Orchestrator.Secrets;
using Orchestrator.Storage.Sqlite.Auditing;

namespace Orchestrator.Storage.Sqlite;

/// <summary>The audit trail in SQLite, table <c>operation_logs</c>.</summary>
/// <remarks>
/// Thread-safe; a singleton; right with many processes on one file. Finds every entry that was changed, removed, inserted or moved, also at the end of the log.
/// The chain has no key: whoever can write the file and recomputes every later hash and the head leaves no trace. Keep the last hash elsewhere to find that, too.
/// </remarks>
public sealed class SqliteOperationLog : IOperationLog
{
    private const int PageSize = 500;

    private readonly SqliteDatabase _database;
    private readonly TimeProvider _time;
    private readonly ISecretRedactor? _redactor;

    /// <summary>Makes the log.</summary>
    /// <param name="database">The database.</param>
    /// <param name="time">The clock that entries are stamped by.</param>
    /// <param name="redactor">Takes secrets out; <see langword="null"/> when there are none to know.</param>
    public SqliteOperationLog(SqliteDatabase database, TimeProvider time, ISecretRedactor? redactor)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(time);
        _database = database;
        _time = time;
        _redactor = redactor;
    }

    // A forged tail must not stop the log: the next entry goes after it, and the check finds the break.
    private const string ReadEnd = """
        SELECT max(coalesce((SELECT max(sequence) FROM operation_logs), 0), coalesce((SELECT entries FROM operation_log_head), 0)) AS Last,
            (SELECT hash FROM operation_log_head) AS Hash
        """;

    private const string AddEntry = """
        INSERT INTO operation_logs (sequence, name, task_id, execution_id, provider, outcome, message, data, worker_name, container_name, created_at, previous_hash, hash)
        VALUES (@Sequence, @Name, @TaskId, @ExecutionId, @Provider, @Outcome, @Message, @Data, @WorkerName, @ContainerName, @CreatedAt, @PreviousHash, @Hash)
        """;

    private const string MoveHead = """
        INSERT INTO operation_log_head (id, entries, hash, worker_name, container_name, created_at) VALUES (1, @Sequence, @Hash, @WorkerName, @ContainerName, @CreatedAt)
        ON CONFLICT (id) DO UPDATE SET entries = excluded.entries, hash = excluded.hash, worker_name = excluded.worker_name, container_name = excluded.container_name
        """;

    /// <inheritdoc/>
    public ValueTask<OperationEntry> AppendAsync(Operation operation, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(operation);
        var clean = _redactor is null ? operation : operation with
        {
            Message = _redactor.Redact(operation.Message),
            Data = new ValueMap(operation.Data.Select(fact => KeyValuePair.Create(fact.Key, _redactor.Redact(fact.Value)))),
        };
        return _database.WriteAsync(
            connection =>
            {
                var (last, head) = connection.QuerySingle<(long Last, string? Hash)>(ReadEnd);
                var row = OperationRow.Create(clean, last + 1, _time.GetUtcNow().ToMilliseconds(), head ?? OperationRow.NoHash);
                var hash = row.ComputeHash();
                var values = new DynamicParameters(row);
                values.Add("Hash", hash);
                connection.Execute(AddEntry, values);
                connection.Execute(MoveHead, values);
                return row.ToEntry(hash);
            },
            cancellationToken);
    }

    private const string ReadPage = """
        SELECT sequence AS Sequence, name AS Name, task_id AS TaskId, execution_id AS ExecutionId, provider AS Provider, outcome AS Outcome, message AS Message,
            data AS Data, worker_name AS WorkerName, container_name AS ContainerName, created_at AS CreatedAt, previous_hash AS PreviousHash, hash AS Hash
        FROM operation_logs
        WHERE sequence > @After AND (@TaskId IS NULL OR task_id = @TaskId) AND (@Name IS NULL OR name = @Name)
        ORDER BY sequence LIMIT @Limit
        """;

    /// <inheritdoc/>
    /// <exception cref="StorageException">An entry was damaged so that it cannot be read.</exception>
    public async IAsyncEnumerable<OperationEntry> ReadAsync(OperationQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var left = query.Limit ?? int.MaxValue;
        for (var after = query.After; left > 0;)
        {
            var page = await ReadPageAsync(query, after, Math.Min(left, PageSize), cancellationToken).ConfigureAwait(false);
            foreach (var row in page)
            {
                yield return ToEntry(row);
                after = row.Sequence;
            }

            left = page.Count < Math.Min(left, PageSize) ? 0 : left - page.Count;
        }
    }

    private const string ReadHead = "SELECT entries AS Entries, hash AS Hash FROM operation_log_head";

    /// <inheritdoc/>
    public async ValueTask<ChainVerification> VerifyAsync(CancellationToken cancellationToken)
    {
        var all = new OperationQuery();
        var (entries, previous) = (0L, OperationRow.NoHash);

        // The head is read first: entries that others append meanwhile stand after it.
        var head = await _database.ReadAsync(
            connection => connection.QuerySingleOrDefault<(long Entries, string? Hash)?>(ReadHead), cancellationToken).ConfigureAwait(false) ?? (0, previous);
        var hashAtHead = head.Entries == 0 ? previous : null;
        for (var after = long.MinValue; ;)
        {
            var page = await ReadPageAsync(all, after, PageSize, cancellationToken).ConfigureAwait(false);
            foreach (var row in page)
            {
                if (Fault(row, entries + 1, previous) is { } fault)
                {
                    return new ChainVerification(false, entries, entries + 1, fault);
                }

                (entries, previous, after) = (entries + 1, row.Hash!, row.Sequence);
                hashAtHead = entries == head.Entries ? previous : hashAtHead;
            }

            if (page.Count < PageSize)
            {
                break;
            }
        }

        return await CheckHeadAsync(head, hashAtHead, entries, previous, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<ChainVerification> CheckHeadAsync(
        (long Entries, string? Hash) head, string? hashAtHead, long entries, string lastHash, CancellationToken cancellationToken)
    {
        if (entries < head.Entries)
        {
            return new ChainVerification(false, entries, entries + 1, $"Entries {entries + 1} to {head.Entries} at the end are missing.");
        }

        if (hashAtHead != head.Hash)
        {
            return new ChainVerification(false, entries, head.Entries, "The last entry is not the one that was written last.");
        }

        // More entries than the head told of: they were appended meanwhile, and then the head moved on, or they are forged.
        var now = await _database.ReadAsync(
            connection => connection.QuerySingleOrDefault<(long Entries, string? Hash)?>(ReadHead), cancellationToken).ConfigureAwait(false) ?? (0, OperationRow.NoHash);
        return now.Entries > entries || (now.Entries == entries && now.Hash == lastHash)
            ? new ChainVerification(true, entries)
            : new ChainVerification(false, entries, now.Entries + 1, "Entries at the end were not written by the log.");
    }

    private static string? Fault(OperationRow row, long expected, string previous) =>
        row.Sequence != expected ? $"Entry {expected} is missing; entry {row.Sequence} stands in its place."
        : row.PreviousHash != previous ? $"Entry {expected} does not follow the entry before it."
        : row.Hash != row.ComputeHash() ? $"Entry {expected} is not as it was written."
        : null;

    private ValueTask<List<OperationRow>> ReadPageAsync(OperationQuery query, long after, int limit, CancellationToken cancellationToken) => _database.ReadAsync(
        connection => connection.Query<OperationRow>(ReadPage, new { After = after, query.TaskId, query.Name, Limit = limit }).AsList(), cancellationToken);

    private OperationEntry ToEntry(OperationRow row)
    {
        try
        {
            return row.ToEntry(row.Hash!);
        }
        catch (Exception error) when (error is ArgumentException or JsonException)
        {
            throw new StorageException(
                StorageErrorCodes.Corrupt, $"Entry {row.Sequence} of the operation log in '{_database.Path}' was damaged and cannot be read. Verify the log to see what else was.", error);
        }
    }
}
