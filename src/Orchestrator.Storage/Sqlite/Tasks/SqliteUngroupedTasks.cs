namespace Orchestrator.Storage.Sqlite.Tasks;

/// <summary>The tasks of no group that a worker may take, those assigned to it among the others, the most urgent first.</summary>
internal sealed class SqliteUngroupedTasks
{
    /// <summary>Those that anyone may take.</summary>
    public const string FindReady = $"""
        SELECT {TaskCandidate.Columns} FROM tasks INDEXED BY tasks_ready
        WHERE tasks.queue = @Queue AND tasks.state = 'available' AND tasks.group_key IS NULL AND tasks.is_assigned = 0 AND {LeaseCall.CanRun}
        ORDER BY tasks.rank, tasks.seq LIMIT @Count
        """;

    /// <summary>Those that only certain workers may take.</summary>
    public const string FindAssigned = $"""
        SELECT {TaskCandidate.Columns} FROM tasks INDEXED BY tasks_assigned
        WHERE tasks.queue = @Queue AND tasks.state = 'available' AND tasks.group_key IS NULL AND tasks.is_assigned = 1
            AND tasks.assigned_worker IS @Worker AND tasks.assigned_container IS @Container AND {LeaseCall.CanRun} AND {LeaseCall.HasLabels}
        ORDER BY tasks.rank, tasks.seq LIMIT @Count
        """;

    private readonly List<TaskCandidate> _tasks;
    private int _next;

    public SqliteUngroupedTasks(LeaseCall call, QueueStand stand)
    {
        var request = call.Request;
        _tasks = call.Connection.Statement(FindReady)
            .Set("@Queue", request.Queue).Set("@Now", call.Now).Set("@Types", call.Types).Set("@Count", request.Count)
            .Query(TaskCandidate.Read);
        if (stand.HasAssigned)
        {
            AddAssigned(call, request.Worker.WorkerName, request.Worker.ContainerName);
            AddAssigned(call, request.Worker.WorkerName, null);
            AddAssigned(call, null, request.Worker.ContainerName);
            AddAssigned(call, null, null);
            _tasks.Sort(static (one, other) => (one.Rank, one.Seq).CompareTo((other.Rank, other.Seq)));
        }
    }

    /// <summary>The task that is next; <see langword="null"/> when there is none.</summary>
    public TaskCandidate? Head => _next < _tasks.Count ? _tasks[_next] : null;

    /// <summary>Goes past the head.</summary>
    public void Next() => _next++;

    /// <summary>Lets no more of them go: the head does not fit, and those behind it must not overtake it.</summary>
    public void Close() => _next = _tasks.Count;

    private void AddAssigned(LeaseCall call, string? worker, string? container) => _tasks.AddRange(call.Connection.Statement(FindAssigned)
        .Set("@Queue", call.Request.Queue).Set("@Now", call.Now).Set("@Types", call.Types).Set("@Labels", call.Labels)
        .Set("@Worker", worker).Set("@Container", container).Set("@Count", call.Request.Count)
        .Query(TaskCandidate.Read));
}
