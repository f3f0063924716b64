using Npgsql;
using Orchestrator.Queue;
using Orchestrator.Routing.Decisions;
using Orchestrator.Secrets;
using Orchestrator.Storage.Sqlite;
using Orchestrator.Storage.Sqlite.Routing;

namespace Orchestrator.Storage.PostgreSql.Routing;

/// <summary>Decisions, their outcomes and configurations in PostgreSQL: tables <c>ai_routing_decisions</c>, <c>ai_routing_outcomes</c> and <c>ai_routing_snapshots</c>.</summary>
/// <remarks>Thread-safe; a singleton. A batch is one statement. Times are kept in whole milliseconds. What may hold a secret is redacted before it is stored.</remarks>
internal sealed class PostgreSqlRoutingDecisionLog(PostgreSqlDatabase database, WorkerIdentity? worker, ISecretRedactor? redactor) : IRoutingDecisionLog
{
    private const string AddDecisions = """
        INSERT INTO {schema}.ai_routing_decisions (
            id, task_id, provider, model, reason, is_shadow, decision, task, constraints, snapshot_digest, state, worker_name, container_name, created_at)
        SELECT id, task_id, provider, model, reason, is_shadow, decision, task, constraints, snapshot_digest, state, worker_name, container_name, created_at
        FROM unnest(
            $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::boolean[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[],
            $14::bigint[]) WITH ORDINALITY d (
            id, task_id, provider, model, reason, is_shadow, decision, task, constraints, snapshot_digest, state, worker_name, container_name, created_at, number)
        ORDER BY number
        ON CONFLICT (id) DO NOTHING
        """;

    private string WorkerName => worker?.WorkerName ?? "local";

    private string ContainerName => worker?.ContainerName ?? "local";

    /// <inheritdoc/>
    public async ValueTask AppendAsync(ValueList<RoutingRecord> records, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(records);
        if (records.Count == 0)
        {
            return;
        }

        var rows = records.Select(record => RoutingRecordRow.Create(record, redactor)).ToArray();
        object?[] values =
        [
            Array.ConvertAll(rows, row => row.Id), Array.ConvertAll(rows, row => row.TaskId), Array.ConvertAll(rows, row => row.Provider),
            Array.ConvertAll(rows, row => row.Model), Array.ConvertAll(rows, row => row.Reason), Array.ConvertAll(rows, row => row.IsShadow),
            Array.ConvertAll(rows, row => row.Decision), Array.ConvertAll(rows, row => row.Task), Array.ConvertAll(rows, row => row.Constraints),
            Array.ConvertAll(rows, row => row.SnapshotDigest), Array.ConvertAll(rows, row => row.State), Array.ConvertAll(rows, row => row.WorkerName),
            Array.ConvertAll(rows, row => row.ContainerName), Array.ConvertAll(rows, row => row.CreatedAt),
        ];
        await database.RunAsync((session, cancel) => session.ExecuteAsync(AddDecisions, cancel, values), cancellationToken).ConfigureAwait(false);
    }

    private const string AddOutcomes = """
        INSERT INTO {schema}.ai_routing_outcomes (decision_id, provider, stage, failure, outcome, worker_name, container_name, created_at)
        SELECT decision_id, provider, stage, failure, outcome, $7, $8, created_at
        FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[]) WITH ORDINALITY
            o (decision_id, provider, stage, failure, outcome, created_at, number)
        ORDER BY number
        """;

    /// <inheritdoc/>
    public async ValueTask AppendOutcomesAsync(ValueList<RecordedOutcome> outcomes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(outcomes);
        if (outcomes.Count == 0)
        {
            return;
        }

        var rows = outcomes.Select(outcome => OutcomeRow.Create(outcome, redactor)).ToArray();
        object?[] values =
        [
            Array.ConvertAll(rows, row => row.DecisionId), Array.ConvertAll(rows, row => row.Provider), Array.ConvertAll(rows, row => row.Stage),
            Array.ConvertAll(rows, row => row.Failure), Array.ConvertAll(rows, row => row.Outcome), Array.ConvertAll(rows, row => row.CreatedAt), WorkerName, ContainerName,
        ];
        await database.RunAsync((session, cancel) => session.ExecuteAsync(AddOutcomes, cancel, values), cancellationToken).ConfigureAwait(false);
    }

    private const string AddSnapshot = """
        INSERT INTO {schema}.ai_routing_snapshots AS s (digest, content, used_at, worker_name, container_name, created_at) VALUES ($1, $2, $3, $4, $5, $3)
        ON CONFLICT (digest) DO UPDATE SET used_at = greatest(s.used_at, excluded.used_at)
        """;

    /// <inheritdoc/>
    public async ValueTask SaveSnapshotAsync(RoutingSnapshotRecord snapshot, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var content = Redaction.Json(redactor, snapshot.Content);
        await database.RunAsync(
            (session, cancel) => session.ExecuteAsync(AddSnapshot, cancel, snapshot.Digest, content, snapshot.At.ToMilliseconds(), WorkerName, ContainerName),
            cancellationToken).ConfigureAwait(false);
    }

    private const string Columns = "decision, task, constraints, snapshot_digest, state, is_shadow, worker_name, container_name, created_at";

    private const string FindDecision = $"SELECT {Columns} FROM {{schema}}.ai_routing_decisions WHERE id = $1";

    /// <inheritdoc/>
    public ValueTask<RoutingRecord?> FindAsync(Guid decisionId, CancellationToken cancellationToken) =>
        database.RunAsync((session, cancel) => session.FirstAsync(FindDecision, Read, cancel, decisionId.ToString("D")), cancellationToken);

    private const string FindSnapshot = "SELECT digest, content, created_at FROM {schema}.ai_routing_snapshots WHERE digest = $1";

    /// <inheritdoc/>
    public ValueTask<RoutingSnapshotRecord?> FindSnapshotAsync(string digest, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(digest);
        return database.RunAsync(
            (session, cancel) => session.FirstAsync(
                FindSnapshot, static row => new RoutingSnapshotRecord(row.GetString(0), row.GetString(1), SqliteTime.ToTime(row.GetInt64(2))), cancel, digest),
            cancellationToken);
    }

    private const string ListDecisions = $$"""
        SELECT {{Columns}} FROM {schema}.ai_routing_decisions WHERE $1::text IS NULL OR lower(provider) = lower($1) ORDER BY created_at DESC, seq DESC LIMIT $2
        """;

    private const string ListOfTask = $$"""
        SELECT {{Columns}} FROM {schema}.ai_routing_decisions WHERE task_id = $3 AND ($1::text IS NULL OR lower(provider) = lower($1))
        ORDER BY created_at DESC, seq DESC LIMIT $2
        """;

    /// <inheritdoc/>
    public async ValueTask<ValueList<RoutingRecord>> ListAsync(RoutingRecordQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        object?[] values = query.TaskId is null ? [query.Provider, query.Limit] : [query.Provider, query.Limit, query.TaskId];
        var rows = await database.RunAsync(
            (session, cancel) => session.QueryAsync(query.TaskId is null ? ListDecisions : ListOfTask, Read, cancel, values), cancellationToken).ConfigureAwait(false);
        return rows.ToValueList();
    }

    private const string ListOutcomes = "SELECT outcome, created_at FROM {schema}.ai_routing_outcomes WHERE decision_id = $1 ORDER BY created_at, id";

    /// <inheritdoc/>
    public async ValueTask<ValueList<RecordedOutcome>> ListOutcomesAsync(Guid decisionId, CancellationToken cancellationToken)
    {
        var rows = await database.RunAsync(
            (session, cancel) => session.QueryAsync(ListOutcomes, static row => OutcomeRow.Read(row.GetString(0), row.GetInt64(1)), cancel, decisionId.ToString("D")),
            cancellationToken).ConfigureAwait(false);
        return rows.ToValueList();
    }

    private static RoutingRecord Read(NpgsqlDataReader row) => new RoutingRecordRow
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
