using Orchestrator.Queue;
using Orchestrator.Queue.Plans;
using Orchestrator.Secrets;
using Orchestrator.Storage.PostgreSql.Plans;
using Orchestrator.Storage.Sqlite.Tasks;

namespace Orchestrator.Storage.PostgreSql;

/// <summary>Plans in PostgreSQL, tables <c>task_plans</c> and <c>task_dependencies</c>.</summary>
/// <remarks>Thread-safe; a singleton. Titles, payloads and decisions are redacted before they are stored.</remarks>
public sealed class PostgreSqlTaskPlans : ITaskPlanStore
{
    private readonly PostgreSqlDatabase _database;
    private readonly ISecretRedactor? _redactor;

    /// <summary>Makes the store.</summary>
    /// <param name="database">The database.</param>
    /// <param name="redactor">Takes secrets out; <see langword="null"/> when there are none to know.</param>
    public PostgreSqlTaskPlans(PostgreSqlDatabase database, ISecretRedactor? redactor)
    {
        ArgumentNullException.ThrowIfNull(database);
        _database = database;
        _redactor = redactor;
    }

    /// <inheritdoc/>
    public async ValueTask<EnqueueStatus> AddAsync(TaskPlan plan, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var title = Redaction.Text(_redactor, plan.Title);
        PreparedTask[] tasks = [.. plan.Tasks.Select(task => PreparedTask.From(task.Task, _redactor))];
        var status = await _database.TransactAsync((session, cancel) => PlanAdding.AddAsync(session, plan, title, tasks, now, cancel), cancellationToken).ConfigureAwait(false);
        _database.Announcer.Announce(plan.Tasks.Select(task => task.Task.Queue).Distinct());
        return status;
    }

    /// <inheritdoc/>
    public ValueTask<PlanStatus?> GetAsync(string planId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(planId);
        return _database.RunAsync((session, cancel) => PlanViews.GetAsync(session, planId, cancel), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ValueList<PlanStatus>> ListAsync(int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return _database.RunAsync((session, cancel) => PlanViews.ListAsync(session, limit, cancel), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<TaskChangeStatus> CancelAsync(string planId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(planId);
        return PlanChanges.CancelAsync(_database, planId, now, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<TaskChangeStatus> DecideAsync(string taskId, GateDecision decision, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskId);
        ArgumentNullException.ThrowIfNull(decision);
        var clean = _redactor is null ? decision : decision with { By = _redactor.Redact(decision.By), Comment = Redaction.OptionalText(_redactor, decision.Comment) };
        return PlanChanges.DecideAsync(_database, taskId, clean, now, cancellationToken);
    }
}
