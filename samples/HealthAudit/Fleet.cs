using System.Collections.Concurrent;

namespace HealthAudit;

/// <summary>What is wrong with one container.</summary>
internal sealed record Problem(string Container, string Finding, bool IsRisky);

/// <summary>The containers that the audit looks at. A stand-in for the real world: five of them have a problem.</summary>
internal sealed class Fleet
{
    private readonly ConcurrentDictionary<string, Problem> _problems = new(new Problem[]
    {
        new("container-1", "uses all its memory", IsRisky: false),
        new("container-3", "does not answer", IsRisky: false),
        new("container-4", "holds the only copy of a cache, and its disk is full", IsRisky: true),
        new("container-6", "has run for 90 days", IsRisky: false),
        new("container-7", "fails one request in ten", IsRisky: false),
    }.ToDictionary(problem => problem.Container));

    private int _refusals = 1;

    public static IReadOnlyList<string> Containers { get; } = [.. Enumerable.Range(1, 8).Select(i => $"container-{i}")];

    public IReadOnlyList<Problem> FindProblems() => [.. _problems.Values.OrderBy(problem => problem.Container, StringComparer.Ordinal)];

    public bool IsHealthy(string container) => !_problems.ContainsKey(container);

    /// <summary>Mends a container. The one that does not answer needs a second attempt.</summary>
    public void Restart(string container)
    {
        if (container == "container-3" && Interlocked.Decrement(ref _refusals) >= 0)
        {
            throw new TimeoutException($"{container} did not stop in time.");
        }

        _problems.TryRemove(container, out _);
    }
}
