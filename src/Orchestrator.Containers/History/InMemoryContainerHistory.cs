namespace Orchestrator.Containers.History;

/// <summary>Keeps the newest entries in memory, for hosts without a database.</summary>
internal sealed class InMemoryContainerHistory : IContainerHistory, IVolatileStore
{
    private const int Capacity = 10_000;

    private readonly Lock _gate = new(); // guards both lines
    private readonly Queue<ContainerTransition> _transitions = new();
    private readonly Queue<ContainerHealthCheck> _checks = new();

    public ValueTask AppendAsync(ValueList<ContainerTransition> transitions, ValueList<ContainerHealthCheck> checks, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transitions);
        ArgumentNullException.ThrowIfNull(checks);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            Append(_transitions, transitions);
            Append(_checks, checks);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<ValueList<ContainerTransition>> ListTransitionsAsync(string pool, string? instance, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        lock (_gate)
        {
            return ValueTask.FromResult<ValueList<ContainerTransition>>(
                [.. _transitions.Reverse().Where(entry => entry.Pool == pool && (instance is null || entry.ContainerName == instance)).Take(limit)]);
        }
    }

    public ValueTask<ValueList<ContainerHealthCheck>> ListHealthChecksAsync(string pool, string? instance, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        lock (_gate)
        {
            return ValueTask.FromResult<ValueList<ContainerHealthCheck>>(
                [.. _checks.Reverse().Where(entry => entry.Pool == pool && (instance is null || entry.ContainerName == instance)).Take(limit)]);
        }
    }

    private static void Append<T>(Queue<T> line, IEnumerable<T> entries)
    {
        foreach (var entry in entries)
        {
            if (line.Count == Capacity)
            {
                line.Dequeue();
            }

            line.Enqueue(entry);
        }
    }
}
