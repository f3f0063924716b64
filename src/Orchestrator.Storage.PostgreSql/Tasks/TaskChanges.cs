using Npgsql;
using Orchestrator.Queue;

namespace Orchestrator.Storage.PostgreSql.Tasks;

/// <summary>What a write did: the tasks it took hold of, the queues that have more to do now, and those with windows to be computed.</summary>
internal sealed class TaskChanges
{
    /// <summary>Nothing.</summary>
    public static TaskChanges None { get; } = new([]);

    private TaskChanges(List<(int Kind, string Name, long Seq)> rows)
    {
        Tasks = [.. rows.Where(row => row.Kind == 0).OrderBy(row => row.Seq).Select(row => row.Name)];
        Leases = rows.Where(row => row.Kind == 0).Select(row => new LeaseToken(row.Name, row.Seq)).ToHashSet();
        Queues = [.. rows.Where(row => row.Kind == 1).Select(row => row.Name)];
        Windows = [.. rows.Where(row => row.Kind == 2).Select(row => row.Name)];
    }

    /// <summary>The tasks, in the order they were added where that is known.</summary>
    public IReadOnlyList<string> Tasks { get; }

    /// <summary>The leases, where the numbers are those of leases.</summary>
    public IReadOnlySet<LeaseToken> Leases { get; }

    public IReadOnlyList<string> Queues { get; }

    public IReadOnlyList<string> Windows { get; }

    /// <summary>From rows of type <c>task_change</c>, mapped by <see cref="Read"/>.</summary>
    public static TaskChanges From(List<(int Kind, string Name, long Seq)> rows) => rows.Count == 0 ? None : new TaskChanges(rows);

    public static (int Kind, string Name, long Seq) Read(NpgsqlDataReader row) => (row.GetInt32(0), row.GetString(1), row.GetInt64OrNull(2) ?? 0);
}
