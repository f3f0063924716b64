using System.Runtime.CompilerServices;
using System.Text.Json;
using Dapper;
using Orchestrator.Auditing;
using Orchestrator.Secrets;
using Orchestrator.Storage.Auditing;
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

    // Forged entries must not stop the log: the next one takes the first place that is free, and the check finds the break.
    private const string FindPlace = """
        SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM operation_logs WHERE sequence = @first) THEN @first ELSE (
            SELECT entries.sequence + 1 FROM operation_logs AS entries
            WHERE entries.sequence BETWEEN @first AND 9223372036854775806 AND NOT EXISTS (SELECT 1 FROM operation_logs WHERE sequence = entries.sequence + 1)
            ORDER BY entries.sequence LIMIT 1) END
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
                var head = connection.Statement(ReadHead).Single(ToHead) ?? ChainHead.Empty;
                var first = head.Entries is >= 0 and < long.MaxValue ? head.Entries + 1 : 1;
                var place = connection.Statement(FindPlace).Set("@first", first).Scalar() ?? first;
                var row = OperationRow.Create(clean, place, _time.GetUtcNow().ToMilliseconds(), head.Hash);
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
        SELECT sequence, name, task_id, execution_id, provider, outcome, message, data, worker_name, container_name, created_at, previous_hash, hash,
            typeof(name) <> 'text' OR typeof(task_id) NOT IN ('text', 'null') OR typeof(execution_id) NOT IN ('text', 'null') OR typeof(provider) NOT IN ('text', 'null')
                OR typeof(outcome) <> 'text' OR typeof(message) <> 'text' OR typeof(data) <> 'text' OR typeof(worker_name) <> 'text' OR typeof(container_name) <> 'text'
                OR typeof(created_at) <> 'integer' OR typeof(previous_hash) <> 'text' OR typeof(hash) <> 'text'
        FROM operation_logs
        WHERE sequence >= @from AND (@taskId IS NULL OR task_id = @taskId) AND (@name IS NULL OR name = @name)
        ORDER BY sequence LIMIT @limit
        """;

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

    private const string ReadHead = "SELECT entries, hash FROM operation_log_head";

    /// <inheritdoc/>
    public ValueTask<ChainVerification> VerifyAsync(CancellationToken cancellationToken) => ChainWalk.RunAsync(
        (from, cancel) => ReadPageAsync(new OperationQuery(), from, PageSize, cancel), PageSize, ReadHeadAsync, cancellationToken);

    private ValueTask<ChainHead> ReadHeadAsync(CancellationToken cancellationToken) =>
        _database.ReadAsync(connection => connection.Statement(ReadHead).Single(ToHead) ?? ChainHead.Empty, cancellationToken);

    private ValueTask<List<OperationRow>> ReadPageAsync(OperationQuery query, long from, int limit, CancellationToken cancellationToken) => _database.ReadAsync(
        connection => connection.Statement(ReadPage).Set("@from", from).Set("@taskId", query.TaskId).Set("@name", query.Name).Set("@limit", limit).Query(ReadRow),
        cancellationToken);

    private static OperationRow ReadRow(SqliteRow row) => new()
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
        IsOfWrongType = row.GetBoolean(13),
    };

    private OperationEntry ToEntry(OperationRow row)
    {
        try
        {
            return row.IsOfWrongType ? throw Damaged(row, null) : row.ToEntry(row.Hash!);
        }
        catch (Exception error) when (error is ArgumentException or JsonException)
        {
            throw Damaged(row, error);
        }
    }

    private StorageException Damaged(OperationRow row, Exception? error) => new(
        StorageErrorCodes.Corrupt, $"Entry {row.Sequence} of the operation log in '{_database.Path}' was damaged and cannot be read. Verify the log to see what else was.", error);

    // How many entries there are, and the hash of the last.

    private static ChainHead ToHead(SqliteRow row) => new(row.GetInt64(0), row.GetString(1));
}
