using Microsoft.Data.Sqlite;
using Orchestrator.Queue;

namespace Orchestrator.Storage.Sqlite.Tasks;

/// <summary>Gives tasks to workers, in a transaction that is open.</summary>
internal static class SqliteTaskLeasing
{
    /// <summary>What most queues need: the tasks of no group that anyone may take, with their bodies.</summary>
    public const string FindReady = $"""
        SELECT {TaskRow.Columns} FROM tasks INDEXED BY tasks_ready {TaskRow.Bodies}
        WHERE tasks.queue = @Queue AND tasks.state = 'available' AND tasks.group_key IS NULL AND tasks.is_assigned = 0 AND {LeaseCall.CanRun}
        ORDER BY tasks.rank, tasks.seq LIMIT @Count
        """;

    private const string FindOne = $"""
        SELECT {TaskCandidate.Columns}, tasks.group_key FROM tasks
        WHERE tasks.id = @TaskId AND tasks.queue = @Queue AND tasks.state = 'available' AND {LeaseCall.CanRun} AND {LeaseCall.MayTake}
        """;

    public const string SumRunning = "SELECT sum(slots) FROM tasks INDEXED BY tasks_lease WHERE state = 'running' AND queue = @Queue";

    public static ValueList<TaskLease> Lease(SqliteConnection connection, LeaseRequest request, DateTimeOffset now)
    {
        var call = new LeaseCall(connection, request, now);
        var stand = QueueStand.Of(connection, request.Queue, call.Now);
        if (stand.IsPaused)
        {
            return [];
        }

        if (stand.IsAnyDue || stand.IsAnyClosed)
        {
            SqliteTaskPromotion.Promote(connection, request.Queue, now);
            stand = QueueStand.Of(connection, request.Queue, call.Now);
        }

        var slots = (long)(request.Slots ?? int.MaxValue);
        if (stand.MaxRunning is { } limit)
        {
            slots = Math.Min(slots, limit - (connection.Statement(SumRunning).Set("@Queue", request.Queue).Scalar() ?? 0));
        }

        var leases = slots <= 0 ? []
            : request.TaskId is not null ? TakeOne(call, stand, slots)
            : stand.HasGroups || stand.HasAssigned ? SqliteTaskTurns.Take(call, stand, slots)
            : TakeReady(call, slots);
        call.Count();
        return leases;
    }

    private static ValueList<TaskLease> TakeReady(LeaseCall call, long slots)
    {
        var found = call.Connection.Statement(FindReady)
            .Set("@Queue", call.Request.Queue).Set("@Now", call.Now).Set("@Types", call.Types).Set("@Count", Math.Min(call.Request.Count, slots))
            .Query(static row => (Seq: row.GetInt64(TaskRow.Seq), Task: TaskRow.Read(row)));
        var leases = new List<TaskLease>(found.Count);
        foreach (var (seq, task) in found)
        {
            slots -= task.Slots;
            if (slots < 0)
            {
                break;
            }

            leases.Add(call.Take(seq, task));
        }

        return leases.ToValueList();
    }

    private static ValueList<TaskLease> TakeOne(LeaseCall call, QueueStand stand, long slots)
    {
        var (task, group) = call.Connection.Statement(FindOne)
            .Set("@TaskId", call.Request.TaskId).Set("@Queue", call.Request.Queue).Set("@Now", call.Now).Set("@Types", call.Types)
            .Set("@Worker", call.Request.Worker.WorkerName).Set("@Container", call.Request.Worker.ContainerName).Set("@Labels", call.Labels)
            .Single(static row => (TaskCandidate.Read(row), row.GetStringOrNull(3)));
        if (task.Slots == 0 || task.Slots > slots)
        {
            return [];
        }

        if (group is not null && !SqliteGroupTurns.TryStart(call, stand, group, task))
        {
            return [];
        }

        return [call.Take(task.Seq)];
    }
}
