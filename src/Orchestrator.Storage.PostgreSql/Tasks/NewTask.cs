using Orchestrator.Storage.Sqlite.Tasks;

namespace Orchestrator.Storage.PostgreSql.Tasks;

/// <summary>A task about to be added.</summary>
/// <param name="Prepared">The task.</param>
/// <param name="Times">When it may run.</param>
/// <param name="Plan">Its place in a plan; the default for none.</param>
internal readonly record struct NewTask(PreparedTask Prepared, TaskTimes Times, PlanPlace Plan)
{
    public string Id => Prepared.Submission.Id;

    /// <summary>The state it begins in.</summary>
    public string StateAt(long now) => Plan.IsBlocked ? "blocked" : Times.AvailableAt > now ? "scheduled" : "available";
}
