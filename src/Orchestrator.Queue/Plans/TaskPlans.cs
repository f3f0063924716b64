using Orchestrator.Queue.Diagnostics;
using Orchestrator.Queue.Signals;
using Orchestrator.Storage;

namespace Orchestrator.Queue.Plans;

/// <summary>Plans, over a store.</summary>
internal sealed class TaskPlans(ITaskPlanStore store, ITaskStore tasks, TaskSignals signals, TaskQueueMetrics metrics) : ITaskPlans
{
    private const int MaxPlans = 1000;

    public async ValueTask<EnqueueStatus> AddAsync(TaskPlan plan, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        PlanChecks.Check(plan);
        plan = Prepared(plan);
        var now = await tasks.GetTimeAsync(cancellationToken).ConfigureAwait(false);
        var status = await AddAsync(plan, now, cancellationToken).ConfigureAwait(false);
        if (status == EnqueueStatus.Enqueued)
        {
            foreach (var task in plan.Tasks)
            {
                metrics.Enqueued(task.Task.Queue, task.Task.Type);
            }

            foreach (var queue in plan.Tasks.Select(task => task.Task.Queue).Distinct(StringComparer.Ordinal))
            {
                signals.Available(queue);
            }
        }

        return status;
    }

    public ValueTask<PlanStatus?> GetAsync(string planId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(planId);
        return store.GetAsync(planId, cancellationToken);
    }

    public ValueTask<ValueList<PlanStatus>> ListAsync(int limit = 50, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxPlans);
        return store.ListAsync(limit, cancellationToken);
    }

    public async ValueTask<TaskChangeStatus> CancelAsync(string planId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(planId);
        var now = await tasks.GetTimeAsync(cancellationToken).ConfigureAwait(false);
        var status = await store.CancelAsync(planId, now, cancellationToken).ConfigureAwait(false);
        if (status is TaskChangeStatus.Changed or TaskChangeStatus.Requested)
        {
            signals.CancelRequested();
            await ChangedAsync(planId, cancellationToken).ConfigureAwait(false);
        }

        return status;
    }

    public async ValueTask<TaskChangeStatus> DecideAsync(string taskId, GateDecision decision, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskId);
        ArgumentNullException.ThrowIfNull(decision);
        var now = await tasks.GetTimeAsync(cancellationToken).ConfigureAwait(false);
        var status = await store.DecideAsync(taskId, decision, now, cancellationToken).ConfigureAwait(false);
        if (status == TaskChangeStatus.Changed)
        {
            signals.Changed(taskId);
            signals.AvailableEverywhere(); // What depends on it may be in any queue.
        }

        return status;
    }

    private async ValueTask<EnqueueStatus> AddAsync(TaskPlan plan, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            return await store.AddAsync(plan, now, cancellationToken).ConfigureAwait(false);
        }
        catch (StorageException error) when (error.Code == StorageErrorCodes.PlanConflict)
        {
            throw new OrchestratorException("queue.plan_conflict", error.Message, error);
        }
    }

    // A dependency said twice is said once; the trace of the caller goes along.
    private static TaskPlan Prepared(TaskPlan plan)
    {
        var submissions = TaskQueue.WithTrace(plan.Tasks.Select(task => task.Task).ToValueList());
        return plan with
        {
            Tasks = [.. plan.Tasks.Select((task, i) => task with { Task = submissions[i], DependsOn = [.. task.DependsOn.Distinct(StringComparer.Ordinal)] })],
        };
    }

    private async ValueTask ChangedAsync(string planId, CancellationToken cancellationToken)
    {
        if (await store.GetAsync(planId, cancellationToken).ConfigureAwait(false) is { } plan)
        {
            foreach (var task in plan.Tasks)
            {
                signals.Changed(task.TaskId);
            }
        }
    }
}
