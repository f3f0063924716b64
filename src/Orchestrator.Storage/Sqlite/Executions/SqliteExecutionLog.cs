using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Orchestrator.Executions;
using Orchestrator.Json;
using Orchestrator.Secrets;
using Orchestrator.Storage.Sqlite.Executions;

namespace Orchestrator.Storage.Sqlite;

/// <summary>
/// Assignments, configurations and attempts in SQLite, tables <c>ai_provider_assignments</c>, <c>ai_provider_configs</c>, <c>ai_provider_executions</c> and
/// <c>ai_provider_execution_events</c>.
/// </summary>
/// <remarks>Thread-safe; a singleton. Times are kept in whole milliseconds, money in whole nano-dollars. What agents said is redacted before it is stored.</remarks>
public sealed class SqliteExecutionLog : IExecutionLog
{
    private readonly SqliteDatabase _database;
    private readonly ISecretRedactor? _redactor;
    private readonly ConcurrentDictionary<(string Provider, string Digest), bool> _kept = [];

    /// <summary>Makes the log.</summary>
    /// <param name="database">The database.</param>
    /// <param name="redactor">Takes secrets out; <see langword="null"/> when there are none to know.</param>
    public SqliteExecutionLog(SqliteDatabase database, ISecretRedactor? redactor)
    {
        ArgumentNullException.ThrowIfNull(database);
        _database = database;
        _redactor = redactor;
    }

    private const string AddAssignment = """
        INSERT INTO ai_provider_assignments (task_id, decision_id, provider, model, decision, worker_name, container_name, created_at)
        VALUES (@TaskId, @DecisionId, @Provider, @Model, @Decision, @WorkerName, @ContainerName, @CreatedAt)
        """;

    /// <inheritdoc/>
    public async ValueTask AssignedAsync(ProviderAssignment assignment, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(assignment);
        var row = new
        {
            assignment.TaskId,
            DecisionId = assignment.Decision.Id.ToString("D"),
            assignment.Decision.Provider,
            assignment.Decision.Model,
            Decision = Redaction.Json(_redactor, OrchestratorJson.Write(assignment.Decision, OrchestratorJsonContext.Default.RoutingDecision)),
            assignment.WorkerName,
            assignment.ContainerName,
            CreatedAt = assignment.At.ToMilliseconds(),
        };
        await _database.WriteAsync(connection => connection.Execute(AddAssignment, row), cancellationToken).ConfigureAwait(false);
    }

    private const string AddConfiguration = """
        INSERT INTO ai_provider_configs (provider, digest, config, worker_name, container_name, created_at)
        VALUES (@Provider, @Digest, @Config, @WorkerName, @ContainerName, @CreatedAt)
        ON CONFLICT (provider, digest) DO NOTHING
        """;

    /// <inheritdoc/>
    public async ValueTask ConfiguredAsync(ProviderConfiguration configuration, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var config = Redaction.Json(_redactor, OrchestratorJson.Write(configuration.Descriptor, OrchestratorJsonContext.Default.ProviderDescriptor))!;
        var row = new
        {
            Provider = configuration.Descriptor.Name,
            Digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(config))),
            Config = config,
            configuration.WorkerName,
            configuration.ContainerName,
            CreatedAt = configuration.At.ToMilliseconds(),
        };

        // Told before every attempt, and new hardly ever.
        if (!_kept.ContainsKey((row.Provider, row.Digest)))
        {
            await _database.WriteAsync(connection => connection.Execute(AddConfiguration, row), cancellationToken).ConfigureAwait(false);
            _kept[(row.Provider, row.Digest)] = true;
        }
    }

    private const string ListConfigurations = """
        SELECT config AS Config, created_at AS CreatedAt, worker_name AS WorkerName, container_name AS ContainerName
        FROM ai_provider_configs WHERE @provider IS NULL OR provider = @provider COLLATE NOCASE ORDER BY id
        """;

    /// <inheritdoc/>
    public ValueTask<ValueList<ProviderConfiguration>> ListConfigurationsAsync(string? provider, CancellationToken cancellationToken) => _database.ReadAsync(
        connection => connection.Query<(string Config, long CreatedAt, string WorkerName, string ContainerName)>(ListConfigurations, new { provider })
            .Select(row => new ProviderConfiguration
            {
                Descriptor = OrchestratorJson.Read(row.Config, OrchestratorJsonContext.Default.ProviderDescriptor),
                At = SqliteTime.ToTime(row.CreatedAt),
                WorkerName = row.WorkerName,
                ContainerName = row.ContainerName,
            })
            .ToValueList(),
        cancellationToken);

    private const string SaveExecution = """
        INSERT INTO ai_provider_executions AS kept (
            id, task_id, provider, model, attempt, status, input_digest, output, patch, failure, input_tokens, cached_input_tokens, cache_write_tokens,
            output_tokens, reasoning_tokens, cost_nano_usd, session_id, started_at, finished_at, worker_name, container_name, created_at)
        VALUES (
            @Id, @TaskId, @Provider, @Model, @Attempt, @Status, @InputDigest, @Output, @Patch, @Failure, @InputTokens, @CachedInputTokens, @CacheWriteTokens,
            @OutputTokens, @ReasoningTokens, @CostNanoUsd, @SessionId, @StartedAt, @FinishedAt, @WorkerName, @ContainerName, @StartedAt)
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
        await _database.WriteAsync(connection => connection.Execute(SaveExecution, row), cancellationToken).ConfigureAwait(false);
    }

    private const string ListExecutions = """
        SELECT id AS Id, task_id AS TaskId, provider AS Provider, model AS Model, attempt AS Attempt, status AS Status, input_digest AS InputDigest,
            output AS Output, patch AS Patch, failure AS Failure, input_tokens AS InputTokens, cached_input_tokens AS CachedInputTokens,
            cache_write_tokens AS CacheWriteTokens, output_tokens AS OutputTokens, reasoning_tokens AS ReasoningTokens, cost_nano_usd AS CostNanoUsd,
            session_id AS SessionId, started_at AS StartedAt, finished_at AS FinishedAt, worker_name AS WorkerName, container_name AS ContainerName
        FROM ai_provider_executions WHERE task_id = @taskId ORDER BY started_at, rowid
        """;

    /// <inheritdoc/>
    public ValueTask<ValueList<ExecutionRecord>> ListAsync(string taskId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskId);
        return _database.ReadAsync(
            connection => connection.Query<ExecutionRow>(ListExecutions, new { taskId }).Select(row => row.ToRecord()).ToValueList(), cancellationToken);
    }

    private const string SaveExecutionEvents = """
        INSERT INTO ai_provider_execution_events (execution_id, events, omitted, worker_name, container_name, created_at)
        VALUES (@ExecutionId, @Events, @Omitted, @WorkerName, @ContainerName, @CreatedAt)
        ON CONFLICT (execution_id) DO UPDATE SET
            events = excluded.events, omitted = excluded.omitted, worker_name = excluded.worker_name, container_name = excluded.container_name, created_at = excluded.created_at
        """;

    /// <inheritdoc/>
    public async ValueTask SaveEventsAsync(ExecutionEvents events, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(events);
        var row = ExecutionEventsRow.Create(events, _redactor);
        await _database.WriteAsync(connection => connection.Execute(SaveExecutionEvents, row), cancellationToken).ConfigureAwait(false);
    }

    private const string FindExecutionEvents = """
        SELECT execution_id AS ExecutionId, events AS Events, omitted AS Omitted, worker_name AS WorkerName, container_name AS ContainerName, created_at AS CreatedAt
        FROM ai_provider_execution_events WHERE execution_id = @executionId
        """;

    /// <inheritdoc/>
    public ValueTask<ExecutionEvents?> ListEventsAsync(string executionId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(executionId);
        return _database.ReadAsync(
            connection => connection.QueryFirstOrDefault<ExecutionEventsRow>(FindExecutionEvents, new { executionId })?.ToEvents(), cancellationToken);
    }

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
