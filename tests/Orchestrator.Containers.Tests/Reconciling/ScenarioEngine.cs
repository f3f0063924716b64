using Orchestrator.Containers.Pools;
using Orchestrator.Containers.Reconciling;

namespace Orchestrator.Containers.Tests.Reconciling;

/// <summary>An engine for scenarios, and how a pool on it is configured so that its instances answer on port 8080 for as long as they run.</summary>
public sealed record ScenarioEngine(IContainerEngine Engine, Action<ContainerPoolOptions> Configure) : IAsyncDisposable
{
    /// <summary>Whose instances these are: so that tests on one engine do not meet.</summary>
    public string Owner { get; init; } = $"scenario-{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):n}";

    /// <summary>Where another process finds the same engine; empty when it needs not be told.</summary>
    public string Place { get; init; } = "";

    /// <summary>A script that serves for as long as it runs.</summary>
    public string ServeScript { get; init; } = "";

    /// <summary>A script that has an instance hang: it goes on, and does not answer.</summary>
    public string HangScript { get; init; } = "";

    /// <summary>Shows a directory of the host to instances, and tells its path there.</summary>
    public Func<ContainerPoolOptions, string, string> Share { get; init; } = static (_, directory) => directory;

    public TimeSpan ListInterval { get; init; } = TimeSpan.FromSeconds(30);

    public async Task<IReadOnlyList<ContainerStatus>> ListAsync() => await Engine.ListAsync(ContainerLabels.OfOwner(Owner), CancellationToken.None);

    /// <summary>Removes what a test that failed has left.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var left in await ListAsync())
        {
            await Engine.RemoveAsync(left.Id, CancellationToken.None);
        }

        switch (Engine)
        {
            case IAsyncDisposable owned:
                await owned.DisposeAsync();
                break;
            case IDisposable owned:
                owned.Dispose();
                break;
        }
    }
}
