namespace Orchestrator.Storage.Sqlite.Tasks;

/// <summary>Whose turn it is among the groups of a queue: fair by weights, within their limits.</summary>
/// <remarks>
/// Start-time fair queueing: each started task moves its group's virtual time on by slots / weight, and the queue's own time to where the group stood. A group
/// that was idle or held up by its limits begins at the queue's time, so that it never makes up for turns that it did not take. Lives within one transaction.
/// </remarks>
internal sealed class SqliteGroupTurns
{
    /// <summary>The groups by their turn.</summary>
    public const string FindGroups = $"""
        SELECT {TaskGroup.Columns} FROM task_groups INDEXED BY task_groups_active
        WHERE queue = @Queue AND is_active = 1 ORDER BY virtual_time LIMIT @Limit OFFSET @Offset
        """;

    /// <summary>The most urgent tasks of a group.</summary>
    public const string FindHeads = $"""
        SELECT {TaskCandidate.Columns} FROM tasks INDEXED BY tasks_grouped
        WHERE tasks.queue = @Queue AND tasks.group_key = @Group AND tasks.state = 'available' AND tasks.group_key IS NOT NULL
            AND {LeaseCall.CanRun} AND {LeaseCall.MayTake}
        ORDER BY tasks.rank, tasks.seq LIMIT @Count
        """;

    /// <summary>What the running tasks of a group take.</summary>
    public const string SumRunning = """
        SELECT sum(slots) FROM tasks INDEXED BY tasks_running_groups
        WHERE queue = @Queue AND group_key = @Group AND state = 'running' AND group_key IS NOT NULL
        """;

    private const string FindGroup = $"SELECT {TaskGroup.Columns} FROM task_groups WHERE queue = @Queue AND group_key = @Group";

    private const string IsAnyAvailable = """
        SELECT 1 FROM tasks INDEXED BY tasks_grouped
        WHERE queue = @Queue AND group_key = @Group AND state = 'available' AND group_key IS NOT NULL LIMIT 1
        """;

    private const string SaveGroup = """
        UPDATE task_groups SET virtual_time = @VirtualTime, tokens = @Tokens, refilled_at = @RefilledAt, is_active = @IsActive WHERE queue = @Queue AND group_key = @Group
        """;

    private const string FindTime = "SELECT virtual_time FROM task_turns WHERE queue = @Queue";

    private const string SaveTime = """
        INSERT INTO task_turns (queue, virtual_time, created_at) VALUES (@Queue, @VirtualTime, @Now)
        ON CONFLICT (queue) DO UPDATE SET virtual_time = excluded.virtual_time
        """;

    private const int HeadsAtOnce = 8;

    private readonly LeaseCall _call;
    private readonly QueueStand _stand;
    private readonly PriorityQueue<TaskGroup, (double VirtualTime, int Order)> _turns = new();
    private readonly List<TaskGroup> _groups = [];
    private readonly int _pageSize;
    private double _time;
    private int _order;
    private bool _hasMore = true;
    private TaskGroup? _current;

    public SqliteGroupTurns(LeaseCall call, QueueStand stand)
    {
        _call = call;
        _stand = stand;
        _pageSize = call.Request.Count + 8;
        _time = call.Connection.Statement(FindTime).Set("@Queue", call.Request.Queue).Single(static row => row.GetDouble(0));
    }

    /// <summary>Lets one task of a group start out of turn, if the group's limits do.</summary>
    public static bool TryStart(LeaseCall call, QueueStand stand, string key, TaskCandidate task)
    {
        var turns = new SqliteGroupTurns(call, stand);
        var group = call.Connection.Statement(FindGroup).Set("@Queue", call.Request.Queue).Set("@Group", key).Single(row => TaskGroup.Read(row, stand, call.Now))!;
        if (!turns.CanStart(group, task.Slots))
        {
            return false;
        }

        group.VirtualTime = Math.Max(group.StoredTime, turns._time);
        group.Start(task.Slots);
        turns.SaveChanged(group);
        return true;
    }

    /// <summary>The head of the group whose turn it is, as often as it is asked; <see langword="null"/> when no group can go.</summary>
    /// <param name="slots">How many slots there are for it.</param>
    public TaskCandidate? Next(long slots)
    {
        while (Peek() is { } group)
        {
            // Its limits first: a group that they hold up has the lowest virtual time for long, and its tasks need not be read each time.
            if (CanStart(group, 1) && HeadOf(group) is { } head && head.Slots <= slots && CanStart(group, head.Slots))
            {
                _current = group;
                return head;
            }

            // Nothing of it can start within this call.
            _turns.Dequeue();
        }

        _current = null;
        return null;
    }

    /// <summary>Counts the task that <see cref="Next"/> told.</summary>
    public void Start()
    {
        var group = _current!;
        _turns.Dequeue();
        _time = Math.Max(_time, group.VirtualTime);
        group.Start(group.Heads.Dequeue().Slots);
        _turns.Enqueue(group, (group.VirtualTime, _order++));
        _current = null;
    }

    /// <summary>Writes down where the groups stand.</summary>
    public void Save()
    {
        var isTimeChanged = false;
        foreach (var group in _groups.Where(group => group.IsChanged || group.IsIdle))
        {
            isTimeChanged |= group.IsChanged;
            SaveChanged(group);
        }

        if (isTimeChanged)
        {
            _call.Connection.Statement(SaveTime).Set("@Queue", _call.Request.Queue).Set("@VirtualTime", _time).Set("@Now", _call.Now).Execute();
        }
    }

    // The group with the lowest virtual time: groups are read as far as needed to know it.
    private TaskGroup? Peek()
    {
        while (_hasMore && (!_turns.TryPeek(out var first, out _) || first.VirtualTime > _groups[^1].StoredTime))
        {
            ReadMore();
        }

        return _turns.TryPeek(out var group, out _) ? group : null;
    }

    private void ReadMore()
    {
        var page = _call.Connection.Statement(FindGroups)
            .Set("@Queue", _call.Request.Queue).Set("@Limit", _pageSize).Set("@Offset", _groups.Count)
            .Query(row => TaskGroup.Read(row, _stand, _call.Now));
        _hasMore = page.Count == _pageSize;
        foreach (var group in page)
        {
            group.VirtualTime = Math.Max(group.StoredTime, _time);
            _groups.Add(group);
            _turns.Enqueue(group, (group.VirtualTime, _order++));
        }
    }

    private TaskCandidate? HeadOf(TaskGroup group)
    {
        if (group.Heads.TryPeek(out var head))
        {
            return head;
        }

        // Those that were told before run by now.
        var request = _call.Request;
        var found = _call.Connection.Statement(FindHeads)
            .Set("@Queue", request.Queue).Set("@Group", group.Key).Set("@Now", _call.Now).Set("@Types", _call.Types)
            .Set("@Worker", request.Worker.WorkerName).Set("@Container", request.Worker.ContainerName).Set("@Labels", _call.Labels)
            .Set("@Count", Math.Min(request.Count, HeadsAtOnce))
            .Query(TaskCandidate.Read);
        foreach (var task in found)
        {
            group.Heads.Enqueue(task);
        }

        if (found.Count == 0)
        {
            group.IsIdle = _call.Connection.Statement(IsAnyAvailable).Set("@Queue", request.Queue).Set("@Group", group.Key).Scalar() is null;
            return null;
        }

        return found[0];
    }

    private bool CanStart(TaskGroup group, long slots) => group.CanStart(
        slots, () => _call.Connection.Statement(SumRunning).Set("@Queue", _call.Request.Queue).Set("@Group", group.Key).Scalar() ?? 0);

    private void SaveChanged(TaskGroup group) => _call.Connection.Statement(SaveGroup)
        .Set("@VirtualTime", group.VirtualTime).Set("@Tokens", group.Tokens).Set("@RefilledAt", group.RefilledAt).Set("@IsActive", !group.IsIdle)
        .Set("@Queue", _call.Request.Queue).Set("@Group", group.Key)
        .Execute();
}
