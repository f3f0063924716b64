using System.Runtime.CompilerServices;

namespace Orchestrator.Containers.Tests.Scripted;

/// <summary>A real engine that tells of nothing: its stream of events is open, and silent.</summary>
internal sealed class SilentEngine(IContainerEngine inner) : IContainerEngine, IAsyncDisposable
{
    public string Name => inner.Name;

    public ValueTask<string> CreateAsync(ContainerSpecification specification, CancellationToken cancellationToken) => inner.CreateAsync(specification, cancellationToken);

    public ValueTask StartAsync(string id, CancellationToken cancellationToken) => inner.StartAsync(id, cancellationToken);

    public ValueTask StopAsync(string id, TimeSpan grace, CancellationToken cancellationToken) => inner.StopAsync(id, grace, cancellationToken);

    public ValueTask RemoveAsync(string id, CancellationToken cancellationToken) => inner.RemoveAsync(id, cancellationToken);

    public ValueTask<ContainerStatus?> InspectAsync(string id, CancellationToken cancellationToken) => inner.InspectAsync(id, cancellationToken);

    public ValueTask<ValueList<ContainerStatus>> ListAsync(ValueMap labels, CancellationToken cancellationToken) => inner.ListAsync(labels, cancellationToken);

    public IAsyncEnumerable<ContainerOutput> ExecuteAsync(string id, ContainerCommand command, CancellationToken cancellationToken) =>
        inner.ExecuteAsync(id, command, cancellationToken);

    public ValueTask PauseAsync(string id, CancellationToken cancellationToken) => inner.PauseAsync(id, cancellationToken);

    public ValueTask ResumeAsync(string id, CancellationToken cancellationToken) => inner.ResumeAsync(id, cancellationToken);

    public ValueTask<ContainerUsage?> GetUsageAsync(string id, CancellationToken cancellationToken) => inner.GetUsageAsync(id, cancellationToken);

    public IAsyncEnumerable<ContainerOutput> ReadLogsAsync(string id, int lines, bool follow, CancellationToken cancellationToken) =>
        inner.ReadLogsAsync(id, lines, follow, cancellationToken);

    public async IAsyncEnumerable<ContainerEvent> WatchAsync(ValueMap labels, DateTimeOffset? since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        yield break;
    }

    public async ValueTask DisposeAsync()
    {
        switch (inner)
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
