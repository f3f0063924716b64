namespace Orchestrator.Storage.Sqlite.Tasks;

/// <summary>A task that was ended or taken back without its worker's word.</summary>
internal sealed record SweptTask(long Seq, string Id, string State, bool HasPlan, long LeaseId)
{
    /// <summary>What <see cref="Read"/> reads.</summary>
    public const string Columns = "seq, id, state, plan_id IS NOT NULL, lease_id";

    /// <summary>Maps a row of <see cref="Columns"/>.</summary>
    public static SweptTask Read(SqliteRow row) => new(row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetBoolean(3), row.GetInt64(4));

    /// <summary>The ids in the order in which the tasks were added.</summary>
    public static ValueList<string> Ids(List<SweptTask> tasks) => tasks.OrderBy(task => task.Seq).Select(task => task.Id).ToValueList();
}
