using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Orchestrator.Executions;
using Orchestrator.Json;
using Orchestrator.Secrets;
using Orchestrator.Storage.Sqlite;
using Orchestrator.Storage.Sqlite.Executions;

namespace Orchestrator.Storage.PostgreSql;

/// <summary>
/// Assignments, configurations and attempts in PostgreSQL, tables <c>ai_provider_assignments</c>, <c>ai_provider_configs</c>, <c>ai_provider_executions</c> and
/// <c>ai_provider_execution_events</c>.
/// </summary>
/// <remarks>Thread-safe; a singleton. Times are kept in whole milliseconds, money in whole nano-dollars. What agents said is redacted before it is stored.</remarks>
public sealed class PostgreSqlExecutionLog : IExecutionLog
{
    private readonly PostgreSqlDatabase _database;
    private readonly ISecretRedactor? _redactor;
    private readonly ConcurrentDictionary<(string Provider, string Digest), bool> _kept = new();

    /// <summary>Makes the log.</summary>
    /// <param name="database">The database.</param>
    /// <param name="redactor">Takes secrets out; <see langword="null"/> when there are none to know.</param>
    public PostgreSqlExecutionLog(PostgreSqlDatabase database, ISecretRedactor? redactor)
    {
        ArgumentNullException.ThrowIfNull(database);
        _database = database;
        _redactor = redactor;
    }

    private const string AddAssignment = """
        INSERT INTO {schema}.ai_provider_assignments (task_id, decision_id, provider, model, decision, worker_name, container_name, created_at)
        VALUES ($1, $2, $3::text, $4::text, $5, $6, $7, $8)
        """;

    /// <inheritdoc/>
    public async ValueTask AssignedAsync(ProviderAssignment assignment, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(assignment);
        var decision = Redaction.Json(_redactor, OrchestratorJson.Write(assignment.Decision, OrchestratorJsonContext.Default.RoutingDecision));
        await _database.RunAsync(
            (session, cancel) => session.ExecuteAsync(
                AddAssignment, cancel, assignment.TaskId, assignment.Decision.Id.ToString("D"), assignment.Decision.Provider, assignment.Decision.Model, decision,
                assignment.WorkerName, assignment.ContainerName, assignment.At.ToUnixTimeMilliseconds()),
            cancellationToken).ConfigureAwait(false);
    }

    private const string AddConfiguration = """
        INSERT INTO {schema}.ai_provider_configs (provider, digest, config, worker_name, container_name, created_at) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (provider, digest) DO NOTHING
        """;

    /// <inheritdoc/>
    public async ValueTask ConfiguredAsync(ProviderConfiguration configuration, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var config = Redaction.Json(_redactor, OrchestratorJson.Write(configuration.Descriptor, OrchestratorJsonContext.Default.ProviderDescriptor))!;
        var key = (Provider: configuration.Descriptor.Name, Digest: Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(config))));

        // Told before every attempt, and new hardly ever.
        if (!_kept.ContainsKey(key))
        {
            await _database.RunAsync(
                (session, cancel) => session.ExecuteAsync(
                    AddConfiguration, cancel, key.Provider, key.Digest, config, configuration.WorkerName, configuration.ContainerName, configuration.At.ToUnixTimeMilliseconds()),
                cancellationToken).ConfigureAwait(false);
            _kept[key] = true;
        }
    }

    private const string ListConfigurations = """
        SELECT config, created_at, worker_name, container_name FROM {schema}.ai_provider_configs WHERE $1::text IS NULL OR lower(provider) = lower($1) ORDER BY id
        """;

    /// <inheritdoc/>
    public async ValueTask<ValueList<ProviderConfiguration>> ListConfigurationsAsync(string? provider, CancellationToken cancellationToken)
    {
        var rows = await _database.RunAsync((session, cancel) => session.QueryAsync(ListConfigurations, ReadConfiguration, cancel, provider), cancellationToken).ConfigureAwait(false);
        return rows.ToValueList();
    }

    private const string SaveExecution = """
        INSERT INTO {schema}.ai_provider_executions AS kept (
            id, task_id, provider, model, attempt, status, input_digest, output, patch, failure, input_tokens, cached_input_tokens, cache_write_tokens,
            output_tokens, reasoning_tokens, cost_nano_usd, session_id, started_at, finished_at, worker_name, container_name, created_at)
        VALUES (
            $1, $2, $3, $4::text, $5, $6, $7::text, $8::text, $9::text, $10::text, $11, $12, $13, $14, $15, $16::bigint, $17::text, $18, $19::bigint, $20, $21, $18)
        ON CONFLICT (id) DO UPDATE SET
            task_id = excluded.task_id, provider = excluded.provider, model = excluded.model, attempt = excluded.attempt, status = excluded.status,
            input_digest = excluded.input_digest, output = excluded.output, patch = excluded.patch, failure = excluded.failure,
            input_tokens = excluded.input_tokens, cached_input_tokens = excluded.cached_input_tokens, cache_write_tokens = excluded.cache_write_tokens,
            output_tokens = excluded.output_tokens, reasoning_tokens = excluded.reasoning_tokens, cost_nano_usd = excluded.cost_nano_usd,
            session_id = excluded.session_id, started_at = excluded.started_at, finished_at = excluded.finished_at,
            worker_name = excluded.worker_name, container_name = excluded.container_name
        WHERE excluded.status <> 'running' OR kept.status = 'running'
        """;

    /// <inheritdoc/>
    public async ValueTask SaveAsync(ExecutionRecord execution, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(execution);
        var row = ExecutionRow.Create(Redact(execution));
        await _database.RunAsync(
            (session, cancel) => session.ExecuteAsync(
                SaveExecution, cancel, row.Id, row.TaskId, row.Provider, row.Model, row.Attempt, row.Status, row.InputDigest, row.Output, row.Patch, row.Failure, row.InputTokens,
                row.CachedInputTokens, row.CacheWriteTokens, row.OutputTokens, row.ReasoningTokens, row.CostNanoUsd, row.SessionId, row.StartedAt, row.FinishedAt,
                row.WorkerName, row.ContainerName),
            cancellationToken).ConfigureAwait(false);
    }

    private const string ListExecutions = """
        SELECT id, task_id, provider, model, attempt, status, input_digest, output, patch, failure, input_tokens, cached_input_tokens, cache_write_tokens,
            output_tokens, reasoning_tokens, cost_nano_usd, session_id, started_at, finished_at, worker_name, container_name
        FROM {schema}.ai_provider_executions WHERE task_id = $1 ORDER BY started_at, seq
        """;

    /// <inheritdoc/>
    public async ValueTask<ValueList<ExecutionRecord>> ListAsync(string taskId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskId);
        var rows = await _database.RunAsync((session, cancel) => session.QueryAsync(ListExecutions, ReadExecution, cancel, taskId), cancellationToken).ConfigureAwait(false);
        return rows.ToValueList();
    }

    private const string SaveExecutionEvents = """
        INSERT INTO {schema}.ai_provider_execution_events (execution_id, events, omitted, worker_name, container_name, created_at) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (execution_id) DO UPDATE SET
            events = excluded.events, omitted = excluded.omitted, worker_name = excluded.worker_name, container_name = excluded.container_name, created_at = excluded.created_at
        """;

    /// <inheritdoc/>
    public async ValueTask SaveEventsAsync(ExecutionEvents events, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(events);
        var row = ExecutionEventsRow.Create(events, _redactor);
        await _database.RunAsync(
            (session, cancel) => session.ExecuteAsync(SaveExecutionEvents, cancel, row.ExecutionId, row.Events, row.Omitted, row.WorkerName, row.ContainerName, row.CreatedAt),
            cancellationToken).ConfigureAwait(false);
    }

    private const string FindExecutionEvents = """
        SELECT execution_id, events, omitted, worker_name, container_name, created_at FROM {schema}.ai_provider_execution_events WHERE execution_id = $1
        """;

    /// <inheritdoc/>
    public async ValueTask<ExecutionEvents?> ListEventsAsync(string executionId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(executionId);
        var row = await _database.RunAsync((session, cancel) => session.FirstAsync(FindExecutionEvents, ReadEvents, cancel, executionId), cancellationToken).ConfigureAwait(false);
        return row?.ToEvents();
    }

    private static ExecutionEventsRow ReadEvents(NpgsqlDataReader row) => new()
    {
        ExecutionId = row.GetString(0),
        Events = row.GetString(1),
        Omitted = row.GetInt64(2),
        WorkerName = row.GetString(3),
        ContainerName = row.GetString(4),
        CreatedAt = row.GetInt64(5),
    };

    private static ProviderConfiguration ReadConfiguration(NpgsqlDataReader row) => new()
    {
        Descriptor = OrchestratorJson.Read(row.GetString(0), OrchestratorJsonContext.Default.ProviderDescriptor),
        At = SqliteTime.ToTime(row.GetInt64(1)),
        WorkerName = row.GetString(2),
        ContainerName = row.GetString(3),
    };

    private static ExecutionRecord ReadExecution(NpgsqlDataReader row) => new ExecutionRow
    {
        Id = row.GetString(0),
        TaskId = row.GetString(1),
        Provider = row.GetString(2),
        Model = row.GetStringOrNull(3),
        Attempt = row.GetInt64(4),
        Status = row.GetString(5),
        InputDigest = row.GetStringOrNull(6),
        Output = row.GetStringOrNull(7),
        Patch = row.GetStringOrNull(8),
        Failure = row.GetStringOrNull(9),
        InputTokens = row.GetInt64(10),
        CachedInputTokens = row.GetInt64(11),
        CacheWriteTokens = row.GetInt64(12),
        OutputTokens = row.GetInt64(13),
        ReasoningTokens = row.GetInt64(14),
        CostNanoUsd = row.GetInt64OrNull(15),
        SessionId = row.GetStringOrNull(16),
        StartedAt = row.GetInt64(17),
        FinishedAt = row.GetInt64OrNull(18),
        WorkerName = row.GetString(19),
        ContainerName = row.GetString(20),
    }.ToRecord();

    private ExecutionRecord Redact(ExecutionRecord execution) => _redactor is null ? execution : execution with
    {
        Model = Redaction.OptionalText(_redactor, execution.Model),
        Output = Redaction.OptionalText(_redactor, execution.Output),
        Patch = Redaction.OptionalText(_redactor, execution.Patch),
        SessionId = Redaction.OptionalText(_redactor, execution.SessionId),
        Failure = execution.Failure is not { } failure ? null : failure with
        {
            Message = Redaction.Text(_redactor, failure.Message),
            Detail = Redaction.OptionalText(_redactor, failure.Detail),
        },
    };
}
