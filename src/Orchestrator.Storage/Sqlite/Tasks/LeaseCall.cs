using Microsoft.Data.Sqlite;
using Orchestrator.Json;
using Orchestrator.Queue;

namespace Orchestrator.Storage.Sqlite.Tasks;

/// <summary>One worker's wish for tasks while it is being fulfilled: which tasks it may take, and taking them.</summary>
/// <remarks>Not thread-safe; lives within one transaction.</remarks>
internal sealed class LeaseCall
{
    /// <summary>Which available tasks can run and are of the types asked for: needs @Now and @Types.</summary>
    public const string CanRun = """
        (tasks.deadline IS NULL OR tasks.deadline > @Now) AND (tasks.closes_at IS NULL OR tasks.closes_at > @Now)
        AND (@Types IS NULL OR instr(@Types, ',' || tasks.type || ',') > 0)
        """;

    /// <summary>Whether the worker has the labels that a task asks for: needs @Labels.</summary>
    public const string HasLabels = """
        (tasks.required_labels IS NULL OR NOT EXISTS (
            SELECT 1 FROM json_each(tasks.required_labels) AS required
            WHERE NOT EXISTS (SELECT 1 FROM json_each(@Labels) AS given WHERE given.key = required.key AND given.value = required.value)))
        """;

    /// <summary>Whether the worker may take a task: needs @Worker, @Container and @Labels.</summary>
    public const string MayTake = $"""
        (tasks.is_assigned = 0
            OR ((tasks.assigned_worker IS NULL OR tasks.assigned_worker = @Worker) AND (tasks.assigned_container IS NULL OR tasks.assigned_container = @Container)
                AND {HasLabels}))
        """;

    private const string ReadTask = $"SELECT {TaskRow.Columns} FROM tasks {TaskRow.Bodies} WHERE tasks.seq = @Seq";

    private const string LeaseTask = $"""
        UPDATE OR FAIL tasks
        SET state = 'running', attempt = attempt + 1, lease_id = lease_id + 1, lease_until = @Until, started_at = @Now, changed_at = @Now,
            worker_id = @WorkerId, worker_name = @Worker, container_name = @Container, {CountedMoves.Raise}
        WHERE seq = @Seq
        """;

    private readonly DateTimeOffset _startedAt;
    private readonly long _until;
    private SqliteStatement? _lease;
    private int _taken;

    public LeaseCall(SqliteConnection connection, LeaseRequest request, DateTimeOffset now)
    {
        Connection = connection;
        Request = request;
        Now = now.ToMilliseconds();
        Types = request.Types.Count == 0 ? null : $",{string.Join(',', request.Types.Where(Identifiers.IsName))},";
        _startedAt = SqliteTime.ToTime(Now);
        _until = (now + request.Duration).ToMilliseconds();
    }

    public SqliteConnection Connection { get; }

    public LeaseRequest Request { get; }

    /// <summary>The time, in milliseconds.</summary>
    public long Now { get; }

    /// <summary>The types asked for, with a comma before and after each; <see langword="null"/> for any.</summary>
    public string? Types { get; }

    /// <summary>The worker's labels as JSON.</summary>
    public string Labels => field ??= OrchestratorJson.Write(Request.Labels, OrchestratorJsonContext.Default.ValueMap);

    /// <summary>Counts the tasks that were taken; once, after the last.</summary>
    public void Count() => CountedMoves.Add(Connection, Request.Queue, "available", "running", _taken);

    /// <summary>Takes a task that was only found.</summary>
    public TaskLease Take(long seq) => Take(seq, Connection.Statement(ReadTask).Set("@Seq", seq).Single(TaskRow.Read)!);

    /// <summary>Takes a task that was read.</summary>
    public TaskLease Take(long seq, QueuedTask task)
    {
        var worker = Request.Worker;
        _lease ??= Connection.Statement(LeaseTask)
            .Set("@Until", _until).Set("@Now", Now).Set("@WorkerId", worker.Id).Set("@Worker", worker.WorkerName).Set("@Container", worker.ContainerName);
        _lease.Set("@Seq", seq).Execute(keepsValues: true);
        _taken++;
        return new TaskLease
        {
            Task = task with
            {
                State = QueuedTaskState.Running,
                Attempt = task.Attempt + 1,
                LeaseId = task.LeaseId + 1,
                StartedAt = _startedAt,
                WorkerName = worker.WorkerName,
                ContainerName = worker.ContainerName,
            },
            ExpiresAt = SqliteTime.ToTime(_until),
        };
    }
}
