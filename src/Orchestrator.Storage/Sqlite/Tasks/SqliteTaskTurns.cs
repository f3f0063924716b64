using Orchestrator.Queue;

namespace Orchestrator.Storage.Sqlite.Tasks;

/// <summary>Leases where groups take turns beside the tasks of no group: at each pick the more urgent goes, the head of the latter or of the group whose turn it is.</summary>
internal static class SqliteTaskTurns
{
    public static ValueList<TaskLease> Take(LeaseCall call, QueueStand stand, long slots)
    {
        var ungrouped = new SqliteUngroupedTasks(call, stand);
        var groups = stand.HasGroups ? new SqliteGroupTurns(call, stand) : null;
        var leases = new List<TaskLease>();
        while (leases.Count < call.Request.Count && slots > 0)
        {
            var grouped = groups?.Next(slots);
            if (ungrouped.Head is { } head && (grouped is not { } other || head.IsBefore(other)))
            {
                if (head.Slots > slots)
                {
                    ungrouped.Close();
                    continue;
                }

                ungrouped.Next();
                leases.Add(call.Take(head.Seq));
                slots -= head.Slots;
            }
            else if (grouped is { } task)
            {
                groups!.Start();
                leases.Add(call.Take(task.Seq));
                slots -= task.Slots;
            }
            else
            {
                break;
            }
        }

        groups?.Save();
        return leases.ToValueList();
    }
}
