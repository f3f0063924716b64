using Orchestrator.Queue;
using Orchestrator.Storage.Sqlite.Tasks;

namespace Orchestrator.Storage.PostgreSql.Tasks;

/// <summary>Ends leases.</summary>
internal static class TaskEnding
{
    private const string EndTasks = "SELECT * FROM {schema}.end_tasks($1, $2, $3, $4, $5::text[], $6::text[], $7::boolean[], $8::bigint[])";

    /// <summary>The statement that ends leases, and its values. Leases go in the order of their tasks' ids, as everywhere where rows are locked.</summary>
    public static (string Sql, object?[] Values) Statement(PreparedOutcome[] outcomes, DateTimeOffset now)
    {
        var list = outcomes.DistinctBy(outcome => outcome.Lease).OrderBy(outcome => outcome.Lease.TaskId, StringComparer.Ordinal).ToArray();
        return (
            EndTasks,
            [
                now.ToUnixTimeMilliseconds(),
                Array.ConvertAll(list, outcome => outcome.Lease.TaskId),
                Array.ConvertAll(list, outcome => outcome.Lease.LeaseId),
                Array.ConvertAll(list, outcome => Kind(outcome.Kind)),
                Array.ConvertAll(list, outcome => outcome.Result).OrNothing(),
                Array.ConvertAll(list, outcome => outcome.Failure).OrNothing(),
                Array.ConvertAll(list, outcome => outcome.Kind == TaskOutcomeKind.Failed ? outcome.Retryable : (bool?)null).OrNothing(),
                Array.ConvertAll(list, outcome => outcome.Kind is TaskOutcomeKind.Failed or TaskOutcomeKind.Released ? (long?)outcome.Delay.TotalMilliseconds : null).OrNothing(),
            ]);
    }

    /// <summary>Whether each lease held: the changes name those that were lost. Of two outcomes of one lease the first counts.</summary>
    public static ValueList<LeaseStatus> Statuses(PreparedOutcome[] outcomes, TaskChanges changes)
    {
        var seen = new HashSet<LeaseToken>();
        return ValueList.Create<LeaseStatus>(Array.ConvertAll(
            outcomes, outcome => seen.Add(outcome.Lease) && !changes.Leases.Contains(outcome.Lease) ? LeaseStatus.Held : LeaseStatus.Lost));
    }

    private static int Kind(TaskOutcomeKind kind) => kind switch
    {
        TaskOutcomeKind.Completed => 1,
        TaskOutcomeKind.Failed => 2,
        TaskOutcomeKind.Released => 3,
        _ => 4,
    };
}
