using Orchestrator.Queue;

namespace Orchestrator.Conformance.Model;

/// <summary>What workers do, and what is done when they die.</summary>
internal static class WorkerSteps
{
    public static async Task LeaseAsync(ModelRun run, Random random)
    {
        var request = MakeRequest(run, random);
        var leases = await run.AnyProcess(random).Store.LeaseAsync(request, run.Queue.Now, run.Cancel);
        run.Note($"{Describe(request)} -> {Describe(leases)}");
        await JudgeAsync(run, request, leases);
    }

    /// <summary>Workers of several processes ask at the same moment.</summary>
    public static async Task LeaseTogetherAsync(ModelRun run, Random random)
    {
        var requests = Enumerable.Range(0, 4).Select(_ => MakeRequest(run, random)).ToList();
        var answers = await Task.WhenAll(requests.Select((request, i) =>
            Task.Run(async () => await run.Processes[i % run.Processes.Count].Store.LeaseAsync(request, run.Queue.Now, run.Cancel), run.Cancel)));
        var all = answers.SelectMany(leases => leases).ToValueList();
        run.Note($"at once: {string.Join("; ", requests.Zip(answers, (request, leases) => $"{Describe(request)} -> {Describe(leases)}"))}");

        ModelComparison.Promote(run.Queue, await run.ReadAsync(), all, isBound: false);
        foreach (var (request, leases) in requests.Zip(answers))
        {
            run.Workers.Keep(leases);
            new LeaseReferee(run.Queue, request).JudgeLoosely(leases);
        }

        // In which order they came is not known.
        var served = all.Sum(lease => lease.Task.Slots);
        var latest = run.Queue.Groups.Values.Select(group => group.TimeHigh).Append(run.Queue.Turn.High).Max() + served;
        run.Queue.Turn = (run.Queue.Turn.Low, latest);
        foreach (var group in run.Queue.Groups.Values.Where(group => all.Any(lease => lease.Task.Group == group.Name)))
        {
            group.TimeHigh = latest + served;
        }
    }

    public static async Task EndAsync(ModelRun run, Random random)
    {
        var outcomes = Enumerable.Range(0, random.Next(1, 4)).Select(_ => run.Workers.Pick(random, run.Queue)).OfType<LeaseToken>().Select(token => MakeOutcome(token, random)).ToValueList();
        var next = random.Next(3) == 0 ? MakeRequest(run, random) : null;
        await EndAsync(run, run.AnyProcess(random), outcomes, next);
    }

    public static async Task EndAsync(ModelRun run, ModelProcess process, ValueList<TaskOutcome> outcomes, LeaseRequest? next)
    {
        var answer = await process.Store.EndAsync(outcomes, next, run.Queue.Now, run.Cancel);
        run.Note($"end {string.Join("; ", outcomes.Zip(answer.Ended, (outcome, status) => $"{Describe(outcome)} -> {status}"))}"
            + (next is null ? "" : $" and {Describe(next)} -> {Describe(answer.Leased)}"));
        var expected = outcomes.Select(outcome => End(run.Queue, outcome)).ToValueList();
        ModelMismatchException.Unless(answer.Ended.Equals(expected), $"ending gave {answer.Ended} instead of {expected}");
        if (next is not null)
        {
            ModelComparison.LearnTimes(run.Queue, await run.ReadAsync());
            await JudgeAsync(run, next, answer.Leased);
        }
    }

    /// <summary>The same lease is ended by two processes at the same moment: one outcome is accepted.</summary>
    public static async Task EndTogetherAsync(ModelRun run, Random random)
    {
        if (run.Workers.Pick(random, run.Queue) is not { } token)
        {
            return;
        }

        TaskOutcome[] outcomes = [TaskOutcome.Completed(token, "\"first\""), TaskOutcome.Completed(token, "\"second\"")];
        var answers = await Task.WhenAll(outcomes.Select((outcome, i) =>
            Task.Run(async () => await run.Processes[i].Store.EndAsync([outcome], null, run.Queue.Now, run.Cancel), run.Cancel)));
        var held = Array.FindAll(outcomes, outcome => answers[Array.IndexOf(outcomes, outcome)].Ended[0] == LeaseStatus.Held);
        var expected = run.Queue.FindRunning(token) is null ? 0 : 1;
        run.Note($"end {Describe(token)} twice at once -> {held.Length} accepted");
        ModelMismatchException.Unless(held.Length == expected, $"{held.Length} outcomes were accepted instead of {expected}");
        Array.ForEach(held, outcome => End(run.Queue, outcome));
    }

    public static async Task RenewAsync(ModelRun run, Random random)
    {
        var tokens = Enumerable.Range(0, random.Next(1, 4)).Select(_ => run.Workers.Pick(random, run.Queue)).OfType<LeaseToken>().Distinct().ToValueList();
        var duration = TimeSpan.FromSeconds(random.Next(1, 120));
        var renewals = await run.AnyProcess(random).Store.RenewAsync(tokens, duration, run.Queue.Now, run.Cancel);
        run.Note($"renew {string.Join(", ", tokens.Select(Describe))} for {duration} -> {string.Join(", ", renewals)}");
        var expected = tokens.Select(token => Renew(run.Queue, token, duration)).ToValueList();
        ModelMismatchException.Unless(renewals.Equals(expected), $"renewing gave {renewals} instead of {expected}");
    }

    public static async Task WriteAsync(ModelRun run, Random random)
    {
        if (run.Workers.Pick(random, run.Queue) is not { } token)
        {
            return;
        }

        var store = run.AnyProcess(random).Store;
        var task = run.Queue.FindRunning(token);
        var checkpoint = $"{{\"at\":{random.Next(1000)}}}";
        var statuses = new[]
        {
            await store.CheckpointAsync(token, checkpoint, run.Cancel),
            await store.ReportAsync(token, new TaskProgress(random.Next(101), "on the way"), [new TaskLogLine { Text = "a line" }], run.Queue.Now, run.Cancel),
        };
        run.Note($"write {Describe(token)} -> {string.Join(", ", statuses)}");
        var expected = task is null ? LeaseStatus.Lost : LeaseStatus.Held;
        ModelMismatchException.Unless(Array.TrueForAll(statuses, status => status == expected), $"writing under {Describe(token)} gave {string.Join(", ", statuses)} instead of {expected}");
        if (task is not null)
        {
            task.Checkpoint = checkpoint;
        }
    }

    public static async Task ReclaimAsync(ModelRun run, Random random)
    {
        var index = random.Next(ModelWorkers.Count);
        var dead = run.Workers.Get(index);
        run.Workers.Replace(index);
        var ids = await run.AnyProcess(random).Store.ReclaimAsync(dead.Id, run.Queue.Now, run.Cancel);
        Reclaim(run, $"worker {dead.WorkerName} is dead", ids, task => task.Worker!.Id == dead.Id);
    }

    public static async Task ReclaimExpiredAsync(ModelRun run, Random random)
    {
        var ids = await run.AnyProcess(random).Store.ReclaimExpiredAsync(run.Queue.Now, run.Cancel);
        Reclaim(run, "leases are over", ids, task => task.LeaseUntil <= run.Queue.Now);
    }

    public static async Task JudgeAsync(ModelRun run, LeaseRequest request, ValueList<TaskLease> leases)
    {
        run.Workers.Keep(leases);
        ModelComparison.Promote(run.Queue, await run.ReadAsync(), leases, !run.Queue.Settings.IsPaused && request.TaskId is null);
        new LeaseReferee(run.Queue, request).Judge(leases);
    }

    private static void Reclaim(ModelRun run, string why, ValueList<string> ids, Func<ModelTask, bool> isLost)
    {
        var lost = run.Queue.Tasks.Where(task => task.State == QueuedTaskState.Running && isLost(task)).OrderBy(task => task.Order).ToList();
        run.Note($"{why} -> {string.Join(", ", ids)}");
        ModelMismatchException.Unless(ids.Equals(lost.Select(task => task.Id).ToValueList()), $"taken back: {ids} instead of [{string.Join(", ", lost.Select(task => task.Id))}]");
        lost.ForEach(run.Queue.Crash);
    }

    private static LeaseRenewal Renew(ModelQueue queue, LeaseToken token, TimeSpan duration)
    {
        if (queue.FindRunning(token) is not { } task)
        {
            return new LeaseRenewal(token, LeaseStatus.Lost, false);
        }

        task.LeaseUntil = queue.Now + duration;
        return new LeaseRenewal(token, LeaseStatus.Held, task.CancelRequested, task.ReleaseRequested);
    }

    private static LeaseStatus End(ModelQueue queue, TaskOutcome outcome)
    {
        if (queue.FindRunning(outcome.Lease) is not { } task)
        {
            return LeaseStatus.Lost;
        }

        var isCancelled = task.CancelRequested;
        switch (outcome.Kind)
        {
            case TaskOutcomeKind.Completed:
                task.Result = outcome.Result;
                ModelQueue.EndLease(task, TaskAttemptOutcome.Completed);
                queue.Finish(task, QueuedTaskState.Completed);
                break;
            case TaskOutcomeKind.Failed:
                Fail(queue, task, outcome, isCancelled);
                break;
            case TaskOutcomeKind.Released when !isCancelled:
                task.Attempt--;
                ModelQueue.EndLease(task, TaskAttemptOutcome.Released);
                Release(queue, task, outcome.Backoff);
                break;
            default:
                task.Attempt -= outcome.Kind == TaskOutcomeKind.Released ? 1 : 0;
                ModelQueue.EndLease(task, TaskAttemptOutcome.Cancelled);
                task.FailureCode = null;
                queue.Finish(task, QueuedTaskState.Cancelled);
                break;
        }

        return LeaseStatus.Held;
    }

    private static void Fail(ModelQueue queue, ModelTask task, TaskOutcome outcome, bool isCancelled)
    {
        var failure = outcome.Failure!;
        task.FailureCode = failure.Code;
        var mayRetry = failure.Retryable && task.Attempt < task.Submission.MaxAttempts;
        ModelQueue.EndLease(task, mayRetry && isCancelled ? TaskAttemptOutcome.Cancelled : TaskAttemptOutcome.Failed);
        if (!mayRetry || isCancelled)
        {
            queue.Finish(task, mayRetry ? QueuedTaskState.Cancelled : QueuedTaskState.Discarded);
            return;
        }

        task.State = QueuedTaskState.Retryable;
        task.AvailableAt = queue.Now + (failure.RetryAfter > outcome.Backoff ? failure.RetryAfter.Value : outcome.Backoff);
        task.OtherTimes.Add(ModelWindow.Opening(task.Submission.Window, task.AvailableAt));
        if (!ModelWindow.IsOpen(task.Submission.Window, task.AvailableAt))
        {
            task.OtherStates.Add(QueuedTaskState.Scheduled);
        }
    }

    private static void Release(ModelQueue queue, ModelTask task, TimeSpan backoff)
    {
        if (backoff == TimeSpan.Zero)
        {
            queue.GiveBack(task);
        }
        else
        {
            queue.MakeWaiting(task, queue.Now + backoff);
        }
    }

    private static LeaseRequest MakeRequest(ModelRun run, Random random)
    {
        var worker = random.Next(ModelWorkers.Count);
        var tasks = run.Queue.Tasks;
        return new LeaseRequest
        {
            Worker = run.Workers.Get(worker),
            Labels = ModelWorkers.Labels(worker),
            Queue = run.Queue.Name,
            Count = random.Next(1, 5),
            Slots = SubmissionGenerator.Chance(random, 20) ? random.Next(1, 5) : null,
            Types = SubmissionGenerator.Chance(random, 20) ? (random.Next(2) == 0 ? ["a"] : ["b", "c"]) : [],
            TaskId = tasks.Count > 0 && SubmissionGenerator.Chance(random, 5) ? tasks[random.Next(tasks.Count)].Id : null,
            Duration = TimeSpan.FromSeconds(random.Next(1, 120)),
        };
    }

    private static TaskOutcome MakeOutcome(LeaseToken token, Random random)
    {
        var backoff = random.Next(2) == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(random.Next(1, 100));
        return random.Next(10) switch
        {
            < 5 => TaskOutcome.Completed(token, $"{{\"given\":{random.Next(1000)}}}"),
            < 8 => TaskOutcome.Failed(
                token,
                new TaskFailure { Code = "test", Message = "It did not work.", Retryable = random.Next(4) > 0, RetryAfter = random.Next(4) == 0 ? TimeSpan.FromSeconds(50) : null },
                backoff),
            < 9 => TaskOutcome.Released(token, backoff),
            _ => TaskOutcome.Cancelled(token),
        };
    }

    private static string Describe(LeaseToken token) => $"{token.TaskId}#{token.LeaseId}";

    private static string Describe(TaskOutcome outcome) =>
        $"{Describe(outcome.Lease)} {outcome.Kind}{(outcome.Failure is { } failure ? failure.Retryable ? " retryable" : " for good" : "")}{(outcome.Backoff > TimeSpan.Zero ? $" backoff {outcome.Backoff}" : "")}";

    private static string Describe(ValueList<TaskLease> leases) => leases.Count == 0 ? "nothing" : string.Join(", ", leases.Select(lease => Describe(lease.Token)));

    private static string Describe(LeaseRequest request) =>
        $"worker {request.Worker.WorkerName} asks for {request.Count}{(request.Slots is { } slots ? $" of {slots} slots" : "")}"
        + $"{(request.Types.Count > 0 ? $" of type {string.Join('/', request.Types)}" : "")}{(request.TaskId is { } id ? $" {id}" : "")} for {request.Duration.TotalSeconds} s";
}
