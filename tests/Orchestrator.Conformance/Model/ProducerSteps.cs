using Orchestrator.Queue;
using Orchestrator.Queue.Plans;
using Orchestrator.Storage;

namespace Orchestrator.Conformance.Model;

/// <summary>What producers and planners do.</summary>
internal static class ProducerSteps
{
    public static async Task AddAsync(ModelRun run, Random random)
    {
        var submissions = Enumerable.Range(0, random.Next(1, 5)).Select(_ => run.Submissions.Next(random)).ToValueList();
        var results = await run.AnyProcess(random).Store.AddAsync(submissions, run.Queue.Now, run.Cancel);

        run.Note($"add {string.Join("; ", submissions.Zip(results, (submission, result) => $"{Describe(submission)} -> {result.Status} {result.TaskId}"))}");
        ModelMismatchException.Unless(results.Count == submissions.Count, $"{results.Count} results for {submissions.Count} tasks");
        for (var i = 0; i < submissions.Count; i++)
        {
            var expected = Add(run.Queue, submissions[i]);
            ModelMismatchException.Unless(results[i] == expected, $"adding {submissions[i].Id} gave {results[i]} instead of {expected}");
        }
    }

    /// <summary>The caller gives up before it begins: nothing happens.</summary>
    public static async Task GiveUpAsync(ModelRun run, Random random)
    {
        var submission = run.Submissions.Next(random);
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        run.Note($"add {submission.Id} and give up");
        var error = await Record.ExceptionAsync(async () => await run.AnyProcess(random).Store.AddAsync([submission], run.Queue.Now, source.Token));
        ModelMismatchException.Unless(error is OperationCanceledException, $"giving up ended with {error?.GetType().Name ?? "success"}");
    }

    public static async Task AddPlanAsync(ModelRun run, Random random)
    {
        var isKnown = run.Queue.Plans.Count > 0 && SubmissionGenerator.Chance(random, 10);
        var plan = MakePlan(run, random, isKnown ? run.Queue.Plans.Keys.First() : $"{run.Prefix}p{run.Queue.Plans.Count}");
        var expected = isKnown ? EnqueueStatus.Duplicate : EnqueueStatus.Enqueued;
        var isTaken = !isKnown && IsTaken(run.Queue, plan);
        EnqueueStatus? status = null;
        var error = await Record.ExceptionAsync(async () => status = await run.AnyProcess(random).Plans.AddAsync(plan, run.Queue.Now, run.Cancel));

        run.Note($"plan {plan.Id}: {string.Join("; ", plan.Tasks.Select(Describe))} -> {status?.ToString() ?? error?.Message}");
        if (isTaken)
        {
            ModelMismatchException.Unless(error is StorageException { Code: StorageErrorCodes.PlanConflict }, $"a plan with a taken key ended with {error?.Message ?? status.ToString()}");
            return;
        }

        ModelMismatchException.Unless(error is null && status == expected, $"adding {plan.Id} ended with {error?.Message ?? status.ToString()} instead of {expected}");
        if (!isKnown)
        {
            Add(run.Queue, plan);
        }
    }

    private static EnqueueResult Add(ModelQueue queue, TaskSubmission submission)
    {
        if (queue.Find(submission.Id) is not null)
        {
            return new EnqueueResult(EnqueueStatus.Duplicate, submission.Id);
        }

        if (queue.Keys.HolderOf(submission.DeduplicationKey, queue) is { } holder)
        {
            var there = queue.Find(holder);
            if (submission.DeduplicationMode != DeduplicationMode.Replace || there is not { IsWaiting: true })
            {
                return new EnqueueResult(EnqueueStatus.Duplicate, holder);
            }

            Replace(queue, there, submission);
            return new EnqueueResult(EnqueueStatus.Replaced, holder);
        }

        queue.Add(queue.NewTask(submission));
        return new EnqueueResult(EnqueueStatus.Enqueued, submission.Id);
    }

    private static void Replace(ModelQueue queue, ModelTask task, TaskSubmission submission)
    {
        var fresh = queue.NewTask(submission with { Id = task.Id });
        (task.Submission, task.Ageing, task.Priority, task.Deadline) = (fresh.Submission, fresh.Ageing, fresh.Priority, fresh.Deadline);
        (task.Attempt, task.Crashes, task.AvailableAt, task.Checkpoint) = (0, 0, fresh.AvailableAt, null);
        if (task.State != QueuedTaskState.Blocked)
        {
            task.State = fresh.State;
        }

        queue.Keys.Take(task, queue.Now);
    }

    private static bool IsTaken(ModelQueue queue, TaskPlan plan)
    {
        var keys = plan.Tasks.Select(task => task.Task.DeduplicationKey).OfType<string>().ToList();
        return keys.Count != keys.Distinct().Count() || keys.Exists(key => queue.Keys.HolderOf(key, queue) is not null);
    }

    private static void Add(ModelQueue queue, TaskPlan plan)
    {
        queue.Plans.Add(plan.Id, new ModelPlan(plan.Id));
        foreach (var item in plan.Tasks)
        {
            var fresh = queue.NewTask(item.Task);
            var isFree = item.DependsOn.Count == 0 && !item.IsGate;
            queue.Add(new ModelTask
            {
                Submission = item.Task,
                Order = fresh.Order,
                CreatedAt = fresh.CreatedAt,
                Ageing = fresh.Ageing,
                Priority = fresh.Priority,
                Deadline = fresh.Deadline,
                AvailableAt = fresh.AvailableAt,
                State = isFree ? fresh.State : QueuedTaskState.Blocked,
                PlanId = plan.Id,
                DependsOn = [.. item.DependsOn],
                Condition = item.Condition,
                IsGate = item.IsGate,
                IsGateOpen = item.IsGate && item.DependsOn.Count == 0,
            });
        }
    }

    private static TaskPlan MakePlan(ModelRun run, Random random, string id)
    {
        var conditions = new[] { PlanCondition.AllSucceeded, PlanCondition.AllSucceeded, PlanCondition.AnySucceeded, PlanCondition.AnyFailed, PlanCondition.AllFinished };
        var tasks = new List<PlanTask>();
        var count = random.Next(1, 6);
        for (var i = 0; i < count; i++)
        {
            tasks.Add(new PlanTask
            {
                Task = run.Submissions.Next(random, inPlan: true),
                DependsOn = tasks.Where(_ => random.Next(3) == 0).Select(task => task.Task.Id).ToValueList(),
                Condition = conditions[random.Next(conditions.Length)],
                IsGate = random.Next(7) == 0,
            });
        }

        if (random.Next(2) == 0)
        {
            tasks.Reverse(); // what depends comes before what it depends on
        }

        return new TaskPlan { Id = id, Tasks = [.. tasks] };
    }

    private static string Describe(TaskSubmission task) =>
        $"{task.Id} (priority {task.Priority}, group {task.Group ?? "-"}, slots {task.Slots}, key {task.DeduplicationKey ?? "-"} {task.DeduplicationMode}"
        + $"{(task.Delay is { } delay ? $", delay {delay}" : "")}{(task.AvailableAt is { } at ? $", at {at:s}" : "")}{(task.Deadline is { } deadline ? $", deadline {deadline:s}" : "")}"
        + $"{(task.Window is { } window ? $", window {window.From}-{window.To}" : "")}{(task.Assignment is null ? "" : ", assigned")}, type {task.Type}, attempts {task.MaxAttempts})";

    private static string Describe(PlanTask task) => $"{Describe(task.Task)}{(task.IsGate ? " gate" : "")} after [{string.Join(' ', task.DependsOn)}] {task.Condition}";
}
