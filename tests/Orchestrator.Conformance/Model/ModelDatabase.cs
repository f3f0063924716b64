using Orchestrator.Storage;

namespace Orchestrator.Conformance.Model;

/// <summary>A new, empty database that random programs run on.</summary>
/// <param name="Open">Opens it once more, as another process would.</param>
/// <param name="Delete">Closes what was opened and deletes it.</param>
public sealed record ModelDatabase(Func<ModelProcess> Open, Func<ValueTask> Delete) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Delete();
}

/// <summary>The seams of one process on a database.</summary>
/// <param name="Store">Where producers and workers go.</param>
/// <param name="Operations">Where operators go.</param>
/// <param name="Plans">Where planners go.</param>
/// <param name="Close">Ends the process.</param>
public sealed record ModelProcess(ITaskStore Store, ITaskOperations Operations, ITaskPlanStore Plans, Func<ValueTask> Close);
