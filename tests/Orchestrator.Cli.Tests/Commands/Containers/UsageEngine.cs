using Orchestrator.Containers;

namespace Orchestrator.Cli.Tests.Commands.Containers;

/// <summary>An engine that only tells of instances and what they use, as a test says.</summary>
internal sealed class UsageEngine(string name) : IContainerEngine
{
    private readonly List<string> _calls = [];

    public string Name => name;

    /// <summary>What its instances use, by id; an instance that does not run uses nothing.</summary>
    public Dictionary<string, Func<ContainerUsage?>> Instances { get; } = [];

    /// <summary>What a call waits for, or fails with, by the call and the id.</summary>
    public Func<string, string, CancellationToken, Task> Before { get; set; } = static (_, _, _) => Task.CompletedTask;

    /// <summary>All calls so far, as <c>call id</c>.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_calls)
            {
                return [.. _calls];
            }
        }
    }

    public async ValueTask<ContainerStatus?> InspectAsync(string id, CancellationToken cancellationToken)
    {
        await CallAsync("inspect", id, cancellationToken);
        return Instances.ContainsKey(id) ? new ContainerStatus { Id = id, Name = id, State = ContainerState.Running } : null;
    }

    public async ValueTask<ContainerUsage?> GetUsageAsync(string id, CancellationToken cancellationToken)
    {
        await CallAsync("usage", id, cancellationToken);
        return Instances.TryGetValue(id, out var usage) ? usage() : null;
    }

    public ValueTask<string> CreateAsync(ContainerSpecification specification, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask StartAsync(string id, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask StopAsync(string id, TimeSpan grace, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask RemoveAsync(string id, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<ValueList<ContainerStatus>> ListAsync(ValueMap labels, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<ContainerOutput> ExecuteAsync(string id, ContainerCommand command, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask PauseAsync(string id, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask ResumeAsync(string id, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<ContainerOutput> ReadLogsAsync(string id, int lines, bool follow, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<ContainerEvent> WatchAsync(ValueMap labels, DateTimeOffset? since, CancellationToken cancellationToken) => throw new NotSupportedException();

    private Task CallAsync(string call, string id, CancellationToken cancellationToken)
    {
        lock (_calls)
        {
            _calls.Add($"{call} {id}");
        }

        return Before(call, id, cancellationToken);
    }
}
