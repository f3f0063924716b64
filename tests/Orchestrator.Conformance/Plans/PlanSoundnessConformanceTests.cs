using Orchestrator.Queue;
using Orchestrator.Queue.Plans;
using Orchestrator.Storage;
using Orchestrator.Testing;
using static Orchestrator.Conformance.QueueScript;

namespace Orchestrator.Conformance.Plans;

/// <summary>What must hold for every plan, whatever happens to its tasks. Each test starts with an empty database.</summary>
public abstract class PlanSoundnessConformanceTests : IAsyncLifetime
{
    private const int Tasks = 12;

    private QueueScript _queue = null!;

    /// <summary>Opens the test's database.</summary>
    protected abstract StorageSeams Open();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _queue = new QueueScript(Open());
        await _queue.Store.InitializeAsync(Cancel);
    }

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task No_task_of_60_random_plans_hangs_and_every_condition_is_kept()
    {
        foreach (var seed in Enumerable.Range(1, 60))
        {
            var random = SeededRandom.Create(seed);
            var tasks = RandomTasks(random, $"s{seed}");
            await _queue.AddPlanAsync($"s{seed}", tasks);

            await RunAsync(random, $"s{seed}", retries: 0);

            await AssertConditionsAsync(tasks, seed);
        }
    }

    [Fact]
    public async Task No_task_of_60_random_plans_hangs_when_operators_retry_what_ended_badly()
    {
        foreach (var seed in Enumerable.Range(1001, 60))
        {
            var random = SeededRandom.Create(seed);
            await _queue.AddPlanAsync($"s{seed}", RandomTasks(random, $"s{seed}"));

            await RunAsync(random, $"s{seed}", retries: 5);
        }
    }

    // In any order: what a task depends on may stand behind it.
    private static PlanTask[] RandomTasks(Random random, string plan)
    {
        var tasks = Enumerable.Range(0, Tasks).Select(i => new PlanTask
        {
            Task = Submission($"{plan}-{i}"),
            DependsOn = Enumerable.Range(0, i).Where(_ => random.Next(4) == 0).Select(parent => $"{plan}-{parent}").ToValueList(),
            Condition = (PlanCondition)random.Next(1, 5),
            IsGate = random.Next(6) == 0,
        }).ToArray();
        random.Shuffle(tasks);
        return tasks;
    }

    // Until nothing is left to be done; then all must have ended.
    private async Task RunAsync(Random random, string planId, int retries)
    {
        while (await StepAsync(random, planId))
        {
            if (retries > 0 && random.Next(4) == 0)
            {
                retries--;
                await _queue.RetryAsync($"{planId}-{random.Next(Tasks)}", $"{planId}-{random.Next(Tasks)}");
            }
        }

        var plan = await _queue.PlanAsync(planId);
        Assert.True(plan.Statistics.Unfinished == 0, $"{planId} hangs: {string.Join(", ", plan.Tasks.Select(task => $"{task.TaskId} {task.State}"))}");
        Assert.NotNull(plan.FinishedAt);
    }

    private async Task<bool> StepAsync(Random random, string planId)
    {
        var plan = await _queue.PlanAsync(planId);
        var waiting = plan.Tasks.Where(task => task.State == QueuedTaskState.Available || task.IsOpen).ToList();
        if (waiting.Count == 0)
        {
            return false;
        }

        var task = waiting[random.Next(waiting.Count)];
        if (random.Next(8) == 0)
        {
            await _queue.CancelAsync(task.TaskId);
        }
        else if (task.IsGate)
        {
            await _queue.Plans.DecideAsync(task.TaskId, new GateDecision { IsApproved = random.Next(2) == 0, By = "ann" }, _queue.Now, Cancel);
        }
        else
        {
            await WorkAsync(random, waiting.Where(other => !other.IsGate).Take(1 + random.Next(3)).Append(task).DistinctBy(other => other.TaskId));
        }

        return true;
    }

    // Several end in one transaction, or their worker dies.
    private async Task WorkAsync(Random random, IEnumerable<PlanTaskStatus> tasks)
    {
        var outcomes = new List<TaskOutcome>();
        foreach (var task in tasks)
        {
            var lease = await _queue.LeaseAsync(task.TaskId);
            outcomes.Add(random.Next(3) == 0 ? TaskOutcome.Failed(lease, Failure()) : TaskOutcome.Completed(lease));
        }

        if (random.Next(6) == 0)
        {
            await _queue.Store.ReclaimAsync(Worker.Id, _queue.Now, Cancel);
            return;
        }

        await _queue.EndAsync([.. outcomes]);
    }

    private async Task AssertConditionsAsync(PlanTask[] tasks, int seed)
    {
        foreach (var task in tasks.Where(task => task.DependsOn.Count > 0))
        {
            var parents = new List<QueuedTaskState>();
            foreach (var parent in task.DependsOn)
            {
                parents.Add((await _queue.GetAsync(parent)).State);
            }

            var isMet = task.Condition switch
            {
                PlanCondition.AllSucceeded => parents.TrueForAll(state => state == QueuedTaskState.Completed),
                PlanCondition.AnySucceeded => parents.Contains(QueuedTaskState.Completed),
                PlanCondition.AnyFailed => parents.Exists(state => state != QueuedTaskState.Completed),
                _ => true,
            };
            var isUnmet = (await _queue.GetAsync(task.Task.Id)).Failure?.Code == TaskFailureCodes.DependencyUnmet;
            Assert.True(isMet != isUnmet, $"Seed {seed}: {task.Task.Id} ({task.Condition}) of {string.Join(", ", parents)}.");
        }
    }
}
