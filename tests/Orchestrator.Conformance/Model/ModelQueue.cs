using Orchestrator.Queue;
using Orchestrator.Storage;

namespace Orchestrator.Conformance.Model;

/// <summary>The simple model: one queue in memory. Everything in it is what the contract promises, done in the plainest way.</summary>
internal sealed class ModelQueue(string name, DateTimeOffset now)
{
    private int _order;

    public string Name { get; } = name;

    public DateTimeOffset Now { get; set; } = now;

    public QueueSettings Settings { get; set; } = new() { Queue = name };

    /// <summary>In the order in which they were added.</summary>
    public List<ModelTask> Tasks { get; } = [];

    public Dictionary<string, ModelGroup> Groups { get; } = [];

    public Dictionary<string, ModelPlan> Plans { get; } = [];

    public ModelKeys Keys { get; } = new();

    /// <summary>Where the group stood that was served last: those that were idle begin there.</summary>
    public (double Low, double High) Turn { get; set; }

    public ModelTask? Find(string id) => Tasks.Find(task => task.Id == id);

    public ModelTask? FindRunning(LeaseToken token) => Tasks.Find(task => task.State == QueuedTaskState.Running && task.Token == token);

    public int RunningSlots => Tasks.Where(task => task.State == QueuedTaskState.Running).Sum(task => task.Slots);

    public int RunningSlotsOf(string group) => Tasks.Where(task => task.State == QueuedTaskState.Running && task.Group == group).Sum(task => task.Slots);

    public int? LimitOf(ModelGroup group) => group.Settings?.MaxRunning ?? Settings.MaxRunningPerGroup;

    public RateLimit? RateOf(ModelGroup group) => group.Settings?.Rate ?? Settings.RatePerGroup;

    public ModelGroup GroupOf(string name)
    {
        if (!Groups.TryGetValue(name, out var group))
        {
            Groups.Add(name, group = new ModelGroup(name));
        }

        return group;
    }

    /// <summary>When a new task may run first.</summary>
    public DateTimeOffset FirstTime(TaskSubmission submission)
    {
        var time = Now;
        time = submission.AvailableAt is { } at && at > time ? at : time;
        time = submission.Delay is { } delay && Now + delay > time ? Now + delay : time;
        return ModelWindow.Opening(submission.Window, time);
    }

    public void Add(ModelTask task)
    {
        Tasks.Add(task);
        Keys.Take(task, Now);
    }

    public ModelTask NewTask(TaskSubmission submission)
    {
        var first = FirstTime(submission);
        return new ModelTask
        {
            Submission = submission,
            Order = _order++,
            CreatedAt = Now,
            Ageing = Settings.Ageing ?? TaskStoreLimits.DefaultAgeing,
            Priority = submission.Priority,
            Deadline = submission.Deadline,
            AvailableAt = first,
            State = first > Now ? QueuedTaskState.Scheduled : QueuedTaskState.Available,
        };
    }

    /// <summary>Lets a task wait for workers, from a time on.</summary>
    public void MakeWaiting(ModelTask task, DateTimeOffset from)
    {
        task.AvailableAt = ModelWindow.Opening(task.Submission.Window, from);
        task.State = task.AvailableAt > Now ? QueuedTaskState.Scheduled : QueuedTaskState.Available;
        if (task.Submission.Window is not null)
        {
            task.SettledUntil = DateTimeOffset.MinValue;

            // Whether its window is looked at now or when workers ask next makes no difference to them.
            task.OtherStates.AddRange([QueuedTaskState.Available, QueuedTaskState.Scheduled]);
            task.OtherTimes.Add(from);
        }
    }

    /// <summary>A lease is over.</summary>
    public static void EndLease(ModelTask task, TaskAttemptOutcome outcome)
    {
        task.Attempts.Add((task.LeaseId, task.Worker!.Id, outcome));
        task.CancelRequested = task.ReleaseRequested = false;
    }

    /// <summary>A task reaches a final state, and what depends on it moves.</summary>
    public void Finish(ModelTask task, QueuedTaskState state)
    {
        task.State = state;
        ModelPlan.Evaluate(this, task);
    }

    /// <summary>A worker died: available again, or given up after too many crashes.</summary>
    public void Crash(ModelTask task)
    {
        var isCancelled = task.CancelRequested;
        EndLease(task, TaskAttemptOutcome.Crashed);
        task.Attempt--;
        task.Crashes++;
        if (isCancelled)
        {
            Finish(task, QueuedTaskState.Cancelled);
        }
        else if (task.Crashes > TaskStoreLimits.MaxCrashes)
        {
            task.FailureCode = TaskFailureCodes.WorkerCrashed;
            Finish(task, QueuedTaskState.Discarded);
        }
        else
        {
            GiveBack(task);
        }
    }

    /// <summary>Available at once: with the time it had, or as if it came now.</summary>
    public void GiveBack(ModelTask task)
    {
        var before = task.AvailableAt;
        MakeWaiting(task, Now);
        task.OtherTimes.Add(before);
        task.OtherStates.Add(QueuedTaskState.Available);
    }
}
