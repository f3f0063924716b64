using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using Orchestrator.Containers;

namespace Orchestrator.Benchmarks.Containers;

/// <summary>An engine in memory that does at once what it is told, and counts how often it is asked for anything.</summary>
internal sealed class IdleEngine : IContainerEngine
{
    private readonly ConcurrentDictionary<string, ContainerStatus> _instances = new(StringComparer.Ordinal);
    private int _calls;

    public string Name => "idle";

    public int Calls => _calls;

    public ValueTask<string> CreateAsync(ContainerSpecification specification, CancellationToken cancellationToken)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"id-{Interlocked.Increment(ref _calls)}");
        _instances[id] = new ContainerStatus { Id = id, Name = specification.Name, State = ContainerState.Created, Labels = specification.Labels };
        return ValueTask.FromResult(id);
    }

    public ValueTask StartAsync(string id, CancellationToken cancellationToken) => Change(id, ContainerState.Running);

    public ValueTask StopAsync(string id, TimeSpan grace, CancellationToken cancellationToken) => Change(id, ContainerState.Exited);

    public ValueTask PauseAsync(string id, CancellationToken cancellationToken) => Change(id, ContainerState.Paused);

    public ValueTask ResumeAsync(string id, CancellationToken cancellationToken) => Change(id, ContainerState.Running);

    public ValueTask RemoveAsync(string id, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        _instances.TryRemove(id, out _);
        return ValueTask.CompletedTask;
    }

    public ValueTask<ContainerStatus?> InspectAsync(string id, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        return ValueTask.FromResult(_instances.GetValueOrDefault(id));
    }

    public ValueTask<ValueList<ContainerStatus>> ListAsync(ValueMap labels, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        return ValueTask.FromResult<ValueList<ContainerStatus>>([.. _instances.Values]);
    }

    public ValueTask<ContainerUsage?> GetUsageAsync(string id, CancellationToken cancellationToken) => ValueTask.FromResult<ContainerUsage?>(null);

    public async IAsyncEnumerable<ContainerOutput> ExecuteAsync(string id, ContainerCommand command, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        await ValueTask.CompletedTask;
        yield return new ContainerOutput("") { ExitCode = 0 };
    }

    public IAsyncEnumerable<ContainerOutput> ReadLogsAsync(string id, int lines, bool follow, CancellationToken cancellationToken) => AsyncEnumerable.Empty<ContainerOutput>();

    public IAsyncEnumerable<ContainerEvent> WatchAsync(ValueMap labels, DateTimeOffset? since, CancellationToken cancellationToken) => AsyncEnumerable.Empty<ContainerEvent>();

    private ValueTask Change(string id, ContainerState state)
    {
        Interlocked.Increment(ref _calls);
        _instances[id] = _instances[id] with { State = state };
        return ValueTask.CompletedTask;
    }
}
