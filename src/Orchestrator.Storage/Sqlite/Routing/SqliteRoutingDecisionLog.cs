using Microsoft.Data.Sqlite;
using Orchestrator.Queue;
using Orchestrator.Routing.Decisions;
using Orchestrator.Secrets;

namespace Orchestrator.Storage.Sqlite.Routing;

/// <summary>Decisions, their outcomes and configurations in SQLite: tables <c>ai_routing_decisions</c>, <c>ai_routing_outcomes</c> and <c>ai_routing_snapshots</c>.</summary>
/// <remarks>Thread-safe; a singleton. A batch is one transaction. Times are kept in whole milliseconds. What may hold a secret is redacted before it is stored.</remarks>
internal sealed class SqliteRoutingDecisionLog(SqliteDatabase database, WorkerIdentity? worker, ISecretRedactor? redactor) : IRoutingDecisionLog
{
    private const string AddDecision = """
        INSERT INTO ai_routing_decisions (
            id, task_id, provider, model, reason, is_shadow, decision, task, constraints, snapshot_digest, state, worker_name, container_name, created_at)
        VALUES (@id, @taskId, @provider, @model, @reason, @isShadow, @decision, @task, @constraints, @digest, @state, @worker, @container, @at)
        ON CONFLICT (id) DO NOTHING
        """;

    /// <inheritdoc/>
    public async ValueTask AppendAsync(ValueList<RoutingRecord> records, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(records);
        var rows = records.Select(record => RoutingRecordRow.Create(record, redactor)).ToList();
        if (rows.Count > 0)
        {
            await database.WriteAsync(connection => rows.Sum(row => Add(connection, row)), cancellationToken).ConfigureAwait(false);
        }
    }

    private const string AddOutcome = """
        INSERT INTO ai_routing_outcomes (decision_id, provider, stage, failure, outcome, worker_name, container_name, created_at)
        VALUES (@decisionId, @provider, @stage, @failure, @outcome, @worker, @container, @at)
        """;

    /// <inheritdoc/>
    public async ValueTask AppendOutcomesAsync(ValueList<RecordedOutcome> outcomes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(outcomes);
        var rows = outcomes.Select(outcome => OutcomeRow.Create(outcome, redactor)).ToList();
        if (rows.Count > 0)
        {
            await database.WriteAsync(connection => rows.Sum(row => Add(connection, row)), cancellationToken).ConfigureAwait(false);
        }
    }

    private const string AddSnapshot = """
        INSERT INTO ai_routing_snapshots (digest, content, used_at, worker_name, container_name, created_at) VALUES (@digest, @content, @at, @worker, @container, @at)
        ON CONFLICT (digest) DO UPDATE SET used_at = max(used_at, excluded.used_at)
        """;

    /// <inheritdoc/>
    public async ValueTask SaveSnapshotAsync(RoutingSnapshotRecord snapshot, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var content = Redaction.Json(redactor, snapshot.Content);
        await database.WriteAsync(
            connection => connection.Statement(AddSnapshot)
                .Set("@digest", snapshot.Digest)
                .Set("@content", content)
                .Set("@at", snapshot.At.ToMilliseconds())
                .Set("@worker", worker?.WorkerName ?? "local")
                .Set("@container", worker?.ContainerName ?? "local")
                .Execute(),
            cancellationToken).ConfigureAwait(false);
    }

    private const string Columns = "decision, task, constraints, snapshot_digest, state, is_shadow, worker_name, container_name, created_at";

    private const string FindDecision = $"SELECT {Columns} FROM ai_routing_decisions WHERE id = @id";

    /// <inheritdoc/>
    public ValueTask<RoutingRecord?> FindAsync(Guid decisionId, CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.Statement(FindDecision).Set("@id", decisionId.ToString("D")).Single(Read), cancellationToken);

    private const string FindSnapshot = "SELECT content, created_at FROM ai_routing_snapshots WHERE digest = @digest";

    /// <inheritdoc/>
    public ValueTask<RoutingSnapshotRecord?> FindSnapshotAsync(string digest, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(digest);
        return database.ReadAsync(
            connection => connection.Statement(FindSnapshot).Set("@digest", digest)
                .Single(row => new RoutingSnapshotRecord(digest, row.GetString(0), SqliteTime.ToTime(row.GetInt64(1)))),
            cancellationToken);
    }

    private const string ListDecisions = $"""
        SELECT {Columns} FROM ai_routing_decisions WHERE @provider IS NULL OR provider = @provider COLLATE NOCASE
        ORDER BY created_at DESC, seq DESC LIMIT @limit
        """;

    private const string ListOfTask = $"""
        SELECT {Columns} FROM ai_routing_decisions WHERE task_id = @taskId AND (@provider IS NULL OR provider = @provider COLLATE NOCASE)
        ORDER BY created_at DESC, seq DESC LIMIT @limit
        """;

    /// <inheritdoc/>
    public ValueTask<ValueList<RoutingRecord>> ListAsync(RoutingRecordQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        return database.ReadAsync(
            connection =>
            {
                var statement = query.TaskId is null ? connection.Statement(ListDecisions) : connection.Statement(ListOfTask).Set("@taskId", query.TaskId);
                return statement.Set("@provider", query.Provider).Set("@limit", (long)query.Limit).Query(Read).ToValueList();
            },
            cancellationToken);
    }

    private const string ListOutcomes = "SELECT outcome, created_at FROM ai_routing_outcomes WHERE decision_id = @decisionId ORDER BY created_at, id";

    /// <inheritdoc/>
    public ValueTask<ValueList<RecordedOutcome>> ListOutcomesAsync(Guid decisionId, CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.Statement(ListOutcomes).Set("@decisionId", decisionId.ToString("D"))
            .Query(static row => OutcomeRow.Read(row.GetString(0), row.GetInt64(1)))
            .ToValueList(),
        cancellationToken);

    private static int Add(SqliteConnection connection, RoutingRecordRow row) => connection.Statement(AddDecision)
        .Set("@id", row.Id)
        .Set("@taskId", row.TaskId)
        .Set("@provider", row.Provider)
        .Set("@model", row.Model)
        .Set("@reason", row.Reason)
        .Set("@isShadow", row.IsShadow)
        .Set("@decision", row.Decision)
        .Set("@task", row.Task)
        .Set("@constraints", row.Constraints)
        .Set("@digest", row.SnapshotDigest)
        .Set("@state", row.State)
        .Set("@worker", row.WorkerName)
        .Set("@container", row.ContainerName)
        .Set("@at", row.CreatedAt)
        .Execute();

    private int Add(SqliteConnection connection, OutcomeRow row) => connection.Statement(AddOutcome)
        .Set("@decisionId", row.DecisionId)
        .Set("@provider", row.Provider)
        .Set("@stage", row.Stage)
        .Set("@failure", row.Failure)
        .Set("@outcome", row.Outcome)
        .Set("@worker", worker?.WorkerName ?? "local")
        .Set("@container", worker?.ContainerName ?? "local")
        .Set("@at", row.CreatedAt)
        .Execute();

    private static RoutingRecord Read(SqliteRow row) => new RoutingRecordRow
    {
        Decision = row.GetString(0),
        Task = row.GetString(1),
        Constraints = row.GetStringOrNull(2),
        SnapshotDigest = row.GetString(3),
        State = row.GetString(4),
        IsShadow = row.GetBoolean(5),
        WorkerName = row.GetString(6),
        ContainerName = row.GetString(7),
        CreatedAt = row.GetInt64(8),
    }.ToRecord();
}
