using Orchestrator.Queue;
using Orchestrator.Queue.Plans;
using Orchestrator.Secrets;
using Orchestrator.Storage.Sqlite.Operations;
using Orchestrator.Storage.Sqlite.Plans;
using Orchestrator.Storage.Sqlite.Tasks;

namespace Orchestrator.Storage.Sqlite;

/// <summary>Plans in SQLite, tables <c>task_plans</c> and <c>task_dependencies</c>.</summary>
/// <remarks>Thread-safe; a singleton. Titles, payloads and decisions are redacted before they are stored.</remarks>
public sealed class SqliteTaskPlans : ITaskPlanStore
{
    private readonly SqliteDatabase _database;
    private readonly ISecretRedactor? _redactor;

    /// <summary>Makes the store.</summary>
    /// <param name="database">The database.</param>
    /// <param name="redactor">Takes secrets out; <see langword="null"/> when there are none to know.</param>
    public SqliteTaskPlans(SqliteDatabase database, ISecretRedactor? redactor)
    {
        ArgumentNullException.ThrowIfNull(database);
        _database = database;
        _redactor = redactor;
    }

    /// <inheritdoc/>
    public ValueTask<EnqueueStatus> AddAsync(TaskPlan plan, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var title = Redaction.Text(_redactor, plan.Title);
        PreparedTask[] tasks = [.. plan.Tasks.Select(task => PreparedTask.From(task.Task, _redactor))];
        return _database.WriteAsync(connection => SqlitePlanAdding.Add(connection, plan, title, tasks, now), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<PlanStatus?> GetAsync(string planId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(planId);
        return _database.ReadAsync(SqliteSnapshot.Of(connection => SqlitePlanViews.Get(connection, planId)), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ValueList<PlanStatus>> ListAsync(int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return _database.ReadAsync(SqliteSnapshot.Of(connection => SqlitePlanViews.List(connection, limit)), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<TaskChangeStatus> CancelAsync(string planId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(planId);
        return _database.WriteAsync(connection => SqlitePlanChanges.Cancel(connection, planId, now), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<TaskChangeStatus> DecideAsync(string taskId, GateDecision decision, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskId);
        ArgumentNullException.ThrowIfNull(decision);
        var clean = _redactor is null ? decision : decision with { By = _redactor.Redact(decision.By), Comment = Redaction.OptionalText(_redactor, decision.Comment) };
        return _database.WriteAsync(connection => SqlitePlanChanges.Decide(connection, taskId, clean, now), cancellationToken);
    }
}
