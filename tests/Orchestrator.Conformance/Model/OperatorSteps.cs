using Orchestrator.Queue;
using Orchestrator.Queue.Plans;
using Orchestrator.Storage;

namespace Orchestrator.Conformance.Model;

/// <summary>What operators do.</summary>
internal static class OperatorSteps
{
    public static async Task CancelAsync(ModelRun run, Random random)
    {
        if (Pick(run, random, task => !task.IsFinished) is not { } task)
        {
            return;
        }

        var status = await run.AnyProcess(random).Operations.CancelAsync(task.Id, run.Queue.Now, run.Cancel);
        Expect(run, $"cancel {task.Id}", status, Cancel(run.Queue, task));
    }

    public static async Task CancelPlanAsync(ModelRun run, Random random)
    {
        var id = $"{run.Prefix}p{random.Next(run.Queue.Plans.Count + 1)}";
        var status = await run.AnyProcess(random).Plans.CancelAsync(id, run.Queue.Now, run.Cancel);
        var open = run.Queue.Tasks.Where(task => task.PlanId == id && !task.IsFinished).ToList();
        var expected = !run.Queue.Plans.ContainsKey(id) ? TaskChangeStatus.NotFound
            : open.Count == 0 ? TaskChangeStatus.WrongState
            : open.Exists(task => task.State == QueuedTaskState.Running) ? TaskChangeStatus.Requested
            : TaskChangeStatus.Changed;
        foreach (var task in open.Where(task => task.State == QueuedTaskState.Running))
        {
            task.CancelRequested = true;
        }

        // All at once: none of them is released because another one was cancelled.
        var waiting = open.FindAll(task => task.IsWaiting);
        waiting.ForEach(task => (task.State, task.FailureCode) = (QueuedTaskState.Cancelled, null));
        waiting.ForEach(task => ModelPlan.Evaluate(run.Queue, task));
        Expect(run, $"cancel plan {id}", status, expected);
    }

    public static async Task RetryAsync(ModelRun run, Random random)
    {
        var ids = Enumerable.Range(0, random.Next(1, 3))
            .Select(_ => Pick(run, random, task => task.State is QueuedTaskState.Cancelled or QueuedTaskState.Discarded)?.Id).OfType<string>().Distinct().ToValueList();
        if (ids.Count == 0)
        {
            return;
        }

        var statuses = await run.AnyProcess(random).Operations.RetryAsync(ids, run.Queue.Now, run.Cancel);
        run.Note($"retry {string.Join(", ", ids.Zip(statuses, (id, status) => $"{id} -> {status}"))}");
        var expected = Retry(run.Queue, ids);
        ModelMismatchException.Unless(statuses.Equals(expected), $"retrying gave {statuses} instead of {expected}");
    }

    public static async Task ReprioritizeAsync(ModelRun run, Random random)
    {
        if (Pick(run, random, task => task.IsWaiting) is not { } task)
        {
            return;
        }

        var priority = random.Next(-3, 4);
        var status = await run.AnyProcess(random).Operations.ReprioritizeAsync(task.Id, priority, run.Queue.Now, run.Cancel);
        var expected = task.IsFinished ? TaskChangeStatus.WrongState : TaskChangeStatus.Changed;
        task.Priority = task.IsFinished ? task.Priority : priority;
        Expect(run, $"give {task.Id} the priority {priority}", status, expected);
    }

    public static async Task DeleteAsync(ModelRun run, Random random)
    {
        if (Pick(run, random, task => task.IsFinished) is not { } task)
        {
            return;
        }

        var status = await run.AnyProcess(random).Operations.DeleteAsync(task.Id, run.Cancel);
        var isNeeded = run.Queue.Tasks.Exists(other => other.State != QueuedTaskState.Completed && other.DependsOn.Contains(task.Id)); // Maybe by a retry.
        Expect(run, $"delete {task.Id}", status, task.IsFinished && !isNeeded ? TaskChangeStatus.Changed : TaskChangeStatus.WrongState);
        if (status == TaskChangeStatus.Changed)
        {
            run.Queue.Tasks.Remove(task);
        }
    }

    public static async Task PauseAsync(ModelRun run, Random random)
    {
        var isPaused = !run.Queue.Settings.IsPaused;
        await run.AnyProcess(random).Operations.PauseAsync(run.Queue.Name, isPaused, run.Queue.Now, run.Cancel);
        run.Queue.Settings = run.Queue.Settings with { IsPaused = isPaused };
        run.Note(isPaused ? "pause" : "go on");
    }

    public static async Task SetQueueAsync(ModelRun run, Random random) => await SetQueueAsync(run, new QueueSettings
    {
        Queue = run.Queue.Name,
        IsPaused = SubmissionGenerator.Chance(random, 5),
        MaxRunning = SubmissionGenerator.Chance(random, 40) ? random.Next(1, 6) : null,
        MaxRunningPerGroup = SubmissionGenerator.Chance(random, 30) ? random.Next(1, 4) : null,
        RatePerGroup = SubmissionGenerator.Chance(random, 20) ? Rate(random) : null,
        Ageing = SubmissionGenerator.Chance(random, 20) ? TimeSpan.FromSeconds(random.Next(1, 600)) : null,
    });

    public static async Task SetQueueAsync(ModelRun run, QueueSettings settings)
    {
        await run.Processes[0].Operations.SetQueueAsync(settings, run.Queue.Now, run.Cancel);
        var before = run.Queue.Settings;
        run.Queue.Settings = settings;
        run.Note($"{settings}");
        foreach (var group in run.Queue.Groups.Values.Where(group => group.Settings?.Rate is null && before.RatePerGroup != settings.RatePerGroup))
        {
            group.ForgetTokens();
        }
    }

    public static async Task SetGroupAsync(ModelRun run, Random random) => await SetGroupAsync(run, new GroupSettings
    {
        Queue = run.Queue.Name,
        Group = $"g{random.Next(3)}",
        MaxRunning = SubmissionGenerator.Chance(random, 40) ? random.Next(1, 4) : null,
        Rate = SubmissionGenerator.Chance(random, 25) ? Rate(random) : null,
        Weight = random.Next(1, 4),
    });

    public static async Task SetGroupAsync(ModelRun run, GroupSettings settings)
    {
        await run.Processes[0].Operations.SetGroupAsync(settings, run.Queue.Now, run.Cancel);
        var group = run.Queue.GroupOf(settings.Group);
        var before = run.Queue.RateOf(group);
        group.Settings = settings;
        run.Note($"{settings}");
        if (before != run.Queue.RateOf(group))
        {
            group.ForgetTokens();
        }
    }

    public static async Task RequestReleaseAsync(ModelRun run, Random random)
    {
        var count = await run.AnyProcess(random).Operations.RequestReleaseAsync(run.Queue.Name, run.Cancel);
        var running = run.Queue.Tasks.FindAll(task => task.State == QueuedTaskState.Running);
        run.Note($"ask to give back -> {count}");
        ModelMismatchException.Unless(
            count == running.Count || count == running.Count(task => !task.ReleaseRequested), $"{count} tasks were asked back instead of {running.Count}");
        running.ForEach(task => task.ReleaseRequested = true);
    }

    public static async Task DecideAsync(ModelRun run, Random random)
    {
        var gates = run.Queue.Tasks.FindAll(task => task.IsGate);
        if (gates.Count > 0)
        {
            await DecideAsync(run, gates[random.Next(gates.Count)], random.Next(4) > 0);
        }
    }

    public static async Task DecideAsync(ModelRun run, ModelTask gate, bool isApproved)
    {
        var status = await run.Processes[1].Plans.DecideAsync(gate.Id, new GateDecision { IsApproved = isApproved, By = "somebody" }, run.Queue.Now, run.Cancel);
        var isOpen = gate.State == QueuedTaskState.Blocked && gate.IsGateOpen && !(gate.Deadline <= run.Queue.Now);
        Expect(run, $"{(isApproved ? "approve" : "reject")} {gate.Id}", status, isOpen ? TaskChangeStatus.Changed : TaskChangeStatus.WrongState);
        if (!isOpen)
        {
            return;
        }

        var row = await run.Processes[0].Store.GetAsync(gate.Id, run.Cancel);
        gate.Result = row?.Result;
        ModelMismatchException.Unless(gate.Result?.Contains("somebody", StringComparison.Ordinal) == true, $"{gate.Id} does not say who decided");
        gate.FailureCode = isApproved ? null : TaskFailureCodes.GateRejected;
        run.Queue.Finish(gate, isApproved ? QueuedTaskState.Completed : QueuedTaskState.Discarded);
    }

    private static TaskChangeStatus Cancel(ModelQueue queue, ModelTask task)
    {
        switch (task)
        {
            case { IsFinished: true }:
                return TaskChangeStatus.WrongState;
            case { State: QueuedTaskState.Running }:
                task.CancelRequested = true;
                return TaskChangeStatus.Requested;
            default:
                task.FailureCode = null;
                queue.Finish(task, QueuedTaskState.Cancelled);
                return TaskChangeStatus.Changed;
        }
    }

    private static ValueList<TaskChangeStatus> Retry(ModelQueue queue, ValueList<string> ids)
    {
        // In any order: one that needs another of the list comes after it.
        var retried = new HashSet<string>();
        for (var before = -1; before != retried.Count;)
        {
            before = retried.Count;
            foreach (var task in ids.Where(id => !retried.Contains(id)).Select(id => queue.Find(id)!).ToList())
            {
                if (!retried.Contains(task.Id) && TryRetry(queue, task))
                {
                    retried.UnionWith(ModelPlan.BlockDependents(queue, task).Select(child => child.Id).Append(task.Id));
                }
            }
        }

        return ids.Select(id => retried.Contains(id) ? TaskChangeStatus.Changed : TaskChangeStatus.WrongState).ToValueList();
    }

    private static bool TryRetry(ModelQueue queue, ModelTask task)
    {
        var verdict = task.DependsOn.Count == 0 ? ModelVerdict.Release : ModelPlan.Judge(queue, task);
        if (task.State is not (QueuedTaskState.Cancelled or QueuedTaskState.Discarded) || verdict == ModelVerdict.Cancel || !queue.Keys.MayTakeAgain(task, queue))
        {
            return false;
        }

        ModelPlan.Block(queue, task);
        if (verdict == ModelVerdict.Release && task.IsGate)
        {
            task.IsGateOpen = true;
        }
        else if (verdict == ModelVerdict.Release)
        {
            queue.MakeWaiting(task, queue.Now);
        }

        return true;
    }

    private static RateLimit Rate(Random random) =>
        new(random.Next(1, 4), TimeSpan.FromSeconds(random.Next(1, 300)), random.Next(2) == 0 ? random.Next(1, 4) : null);

    /// <summary>Mostly a task in a state that fits, sometimes any.</summary>
    private static ModelTask? Pick(ModelRun run, Random random, Predicate<ModelTask> fits)
    {
        var fitting = run.Queue.Tasks.FindAll(fits);
        var from = fitting.Count > 0 && random.Next(10) > 0 ? fitting : run.Queue.Tasks;
        return from.Count == 0 ? null : from[random.Next(from.Count)];
    }

    private static void Expect(ModelRun run, string what, TaskChangeStatus status, TaskChangeStatus expected)
    {
        run.Note($"{what} -> {status}");
        ModelMismatchException.Unless(status == expected, $"{what} gave {status} instead of {expected}");
    }
}
