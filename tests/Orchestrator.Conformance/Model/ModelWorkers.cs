using Orchestrator.Queue;

namespace Orchestrator.Conformance.Model;

/// <summary>The workers of a program, and every token that was ever given out: stale ones are tried again and again.</summary>
internal sealed class ModelWorkers(string prefix)
{
    private static readonly (string Name, string Container, ValueMap Labels)[] Kinds =
    [
        ("first", "pod-1", new ValueMap([new("gpu", "yes"), new("zone", "eu")])),
        ("second", "pod-2", ValueMap.Empty),
        ("third", "local", new ValueMap([new("zone", "us")])),
    ];

    private readonly int[] _incarnations = new int[Kinds.Length];

    public static int Count => Kinds.Length;

    public List<LeaseToken> Tokens { get; } = [];

    public WorkerIdentity Get(int index) =>
        new() { Id = $"{prefix}w{index}.{_incarnations[index]}", WorkerName = Kinds[index].Name, ContainerName = Kinds[index].Container };

    public static ValueMap Labels(int index) => Kinds[index].Labels;

    /// <summary>The process of a worker ends; the next one has the same name.</summary>
    public void Replace(int index) => _incarnations[index]++;

    public void Keep(IEnumerable<TaskLease> leases) => Tokens.AddRange(leases.Select(lease => lease.Token));

    /// <summary>Mostly a token that holds, sometimes a stale or an invented one.</summary>
    public LeaseToken? Pick(Random random, ModelQueue queue)
    {
        var held = queue.Tasks.Where(task => task.State == QueuedTaskState.Running).Select(task => task.Token).ToList();
        var roll = random.Next(100);
        return held.Count > 0 && roll < 80 ? held[random.Next(held.Count)]
            : Tokens.Count > 0 && roll < 97 ? Tokens[random.Next(Tokens.Count)]
            : Tokens.Count > 0 ? Tokens[^1] with { LeaseId = Tokens[^1].LeaseId + 1 }
            : null;
    }
}
