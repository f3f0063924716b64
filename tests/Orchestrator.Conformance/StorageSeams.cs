using Orchestrator.Storage;

namespace Orchestrator.Conformance;

/// <summary>The seams of one process on a test's database.</summary>
/// <param name="Store">Where producers and workers go.</param>
/// <param name="Operations">Where operators go.</param>
/// <param name="Plans">Where planners go.</param>
/// <param name="Schedules">Where schedules are.</param>
public sealed record StorageSeams(ITaskStore Store, ITaskOperations Operations, ITaskPlanStore Plans, ITaskScheduleStore Schedules);
