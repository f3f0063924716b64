using Orchestrator.Queue;

namespace Orchestrator.Conformance.Model;

/// <summary>
/// Judges what an engine leased: pick by pick, whether this task could be the next by urgency, turn, limits, assignment and time; and, at the end, whether more
/// had to come.
/// </summary>
internal sealed class LeaseReferee(ModelQueue queue, LeaseRequest request)
{
    private const double Tolerance = 1e-6;

    private int _taken;

    /// <summary>The tasks of one list - those of a group, or those of none - of which the most urgent goes first.</summary>
    private sealed record Line(ModelGroup? Group, ModelTask Head, bool IsCertain);

    /// <summary>Applies leases that one call gave, in their order.</summary>
    public void Judge(ValueList<TaskLease> leases)
    {
        ModelMismatchException.Unless(leases.Count <= request.Count, $"{leases.Count} tasks were leased, {request.Count} were asked for");
        foreach (var lease in leases)
        {
            if (queue.Find(lease.Task.Id) is { } late && MayBeLate(late))
            {
                Admit(late, lease, Move);
                continue;
            }

            var lines = Lines();
            var line = lines.Find(item => item.Head.Id == lease.Task.Id);
            ModelMismatchException.Unless(line is not null, $"{lease.Task.Id} was leased, but only one of {Describe(lines)} can be next");
            var isItsTurn = line!.Group is null ? MayPrecedeGroups(line, lines) : MayPrecedeOthers(line, lines);
            ModelMismatchException.Unless(isItsTurn, $"{lease.Task.Id} was leased before its turn: {Describe(lines)}");
            Refine(line, lines);
            Move(line.Group);
            Start(line.Head, lease);
        }

        var rest = leases.Count < request.Count && !queue.Settings.IsPaused ? Lines().FindAll(line => line.IsCertain) : [];
        ModelMismatchException.Unless(rest.Count == 0, $"nothing more was leased, but {Describe(rest)} can run");
    }

    /// <summary>Applies leases of calls that ran at once: each must be allowed, their order is not judged.</summary>
    public void JudgeLoosely(ValueList<TaskLease> leases)
    {
        foreach (var lease in leases)
        {
            Admit(queue.Find(lease.Task.Id), lease, static _ => { });
        }
    }

    private void Admit(ModelTask? task, TaskLease lease, Action<ModelGroup?> move)
    {
        var group = task?.Group is null ? null : queue.GroupOf(task.Group);
        ModelMismatchException.Unless(
            task is not null && !queue.Settings.IsPaused && MayTake(task) && Fits(task) && Tokens(group) is not false,
            $"{lease.Task.Id} was leased against a limit, its time, its assignment, or twice");
        group?.CatchUp(queue.Turn.Low, queue.Turn.High);
        move(group);
        Start(task!, lease);
    }

    private List<Line> Lines()
    {
        if (queue.Settings.IsPaused)
        {
            return [];
        }

        var lines = new List<Line>();
        foreach (var list in queue.Tasks.Where(MayTake).OrderBy(task => (task.Rank, task.Order)).GroupBy(task => task.Group))
        {
            var head = list.FirstOrDefault(task => !MayBeLate(task));
            var group = list.Key is null ? null : queue.GroupOf(list.Key);
            group?.CatchUp(queue.Turn.Low, queue.Turn.High);
            if (head is not null && Fits(head) && Tokens(group) is not false)
            {
                lines.Add(new Line(group, head, Tokens(group) is true && head == list.First()));
            }

            lines.AddRange(list.Where(task => MayBeLate(task) && Fits(task) && Tokens(group) is not false).Select(task => new Line(group, task, IsCertain: false)));
        }

        return lines;
    }

    private bool MayTake(ModelTask task) =>
        task.State == QueuedTaskState.Available && task.AvailableAt <= queue.Now && !task.IsGate
        && (task.Deadline is null || task.Deadline > queue.Now)
        && ModelWindow.IsOpen(task.Submission.Window, queue.Now)
        && (request.Types.Count == 0 || request.Types.Contains(task.Submission.Type))
        && (request.TaskId is null || request.TaskId == task.Id)
        && IsFor(task.Submission.Assignment);

    /// <summary>Whether its window has to be looked at first: until that is done, others may go before it.</summary>
    private bool MayBeLate(ModelTask task) => task.Submission.Window is not null && task.SettledUntil <= queue.Now;

    private bool IsFor(TaskAssignment? assignment) =>
        assignment is null
        || ((assignment.WorkerName is null || assignment.WorkerName == request.Worker.WorkerName)
            && (assignment.ContainerName is null || assignment.ContainerName == request.Worker.ContainerName)
            && assignment.Labels.All(label => request.Labels.TryGetValue(label.Key, out var value) && value == label.Value));

    private bool Fits(ModelTask task) =>
        (request.Slots is null || _taken + task.Slots <= request.Slots)
        && (queue.Settings.MaxRunning is null || queue.RunningSlots + task.Slots <= queue.Settings.MaxRunning)
        && (task.Group is null || queue.LimitOf(queue.GroupOf(task.Group)) is not { } limit || queue.RunningSlotsOf(task.Group) + task.Slots <= limit);

    /// <summary>Whether the group's bucket holds a token; <see langword="null"/> when that cannot be known.</summary>
    private bool? Tokens(ModelGroup? group)
    {
        if (group is null || queue.RateOf(group) is not { } rate)
        {
            return true;
        }

        group.Refill(rate, queue.Now);
        return group.TokensLow >= 1 + Tolerance || (group.TokensLow == group.TokensHigh && group.TokensLow >= 1) ? true : group.TokensHigh < 1 - Tolerance ? false : null;
    }

    private static IEnumerable<Line> WhoseTurn(List<Line> lines) => lines.Where(line => line.Group is not null
        && lines.TrueForAll(other => other.Group is null || !other.IsCertain || line.Group.TimeLow <= other.Group.TimeHigh + Tolerance));

    private static bool MayPrecedeGroups(Line ungrouped, List<Line> lines) =>
        !lines.Exists(line => line.Group is not null && line.IsCertain) || WhoseTurn(lines).Any(line => line.Head.Rank >= ungrouped.Head.Rank);

    private static bool MayPrecedeOthers(Line grouped, List<Line> lines) =>
        WhoseTurn(lines).Contains(grouped) && lines.TrueForAll(line => line.Group is not null || !line.IsCertain || line.Head.Rank >= grouped.Head.Rank);

    /// <summary>Whoever was served first was not behind the others.</summary>
    private static void Refine(Line served, List<Line> lines)
    {
        if (served.Group is { } group)
        {
            foreach (var other in lines.Where(line => line.Group is not null && line.IsCertain && line != served))
            {
                other.Group!.TimeLow = Math.Max(other.Group.TimeLow, Math.Min(group.TimeLow, other.Group.TimeHigh));
                group.TimeHigh = Math.Max(group.TimeLow, Math.Min(group.TimeHigh, other.Group.TimeHigh));
            }
        }
    }

    /// <summary>A turn was taken; a task that was asked for by its id goes out of turn.</summary>
    private void Move(ModelGroup? group)
    {
        if (group is not null && request.TaskId is null)
        {
            queue.Turn = (Math.Max(queue.Turn.Low, group.TimeLow), Math.Max(queue.Turn.High, group.TimeHigh));
        }
    }

    private void Start(ModelTask task, TaskLease lease)
    {
        task.State = QueuedTaskState.Running;
        task.Attempt++;
        task.LeaseId++;
        task.Worker = request.Worker;
        task.StartedAt = queue.Now;
        task.LeaseUntil = queue.Now + request.Duration;
        task.CancelRequested = task.ReleaseRequested = false;
        _taken += task.Slots;
        if (task.Group is not null && queue.GroupOf(task.Group) is var group)
        {
            group.Serve(task.Slots);
            if (queue.RateOf(group) is not null)
            {
                group.TakeToken();
            }
        }

        ModelMismatchException.Unless(lease.Token == task.Token, $"{task.Id} was leased with token {lease.Token.LeaseId} instead of {task.LeaseId}");
        ModelMismatchException.Unless(lease.ExpiresAt == task.LeaseUntil, $"the lease of {task.Id} ends at {lease.ExpiresAt:O} instead of {task.LeaseUntil:O}");
    }

    private static string Describe(List<Line> lines) => lines.Count == 0
        ? "none"
        : string.Join(", ", lines.Select(line => $"{line.Head.Id} (rank {line.Head.Rank}, {(line.Group is { } group ? $"{group.Name} at {group.TimeLow:0.###}..{group.TimeHigh:0.###}" : "no group")})"));
}
