namespace Orchestrator.Containers.Scaling;

/// <summary>The highest number of instances that was wanted within the last while.</summary>
/// <remarks>Keeps only what may still become the highest, in falling order: as much work as there are changes, however long the while.</remarks>
internal sealed class RecommendationWindow(TimeSpan length)
{
    private readonly LinkedList<(DateTimeOffset At, int Wanted)> _candidates = [];

    public int Add(DateTimeOffset now, int wanted)
    {
        while (_candidates.Last is { } last && last.Value.Wanted <= wanted)
        {
            _candidates.RemoveLast();
        }

        _candidates.AddLast((now, wanted));

        // Exactly at its end a recommendation counts no more.
        while (_candidates.First is { } first && first.Value.At <= now - length && first.Next is not null)
        {
            _candidates.RemoveFirst();
        }

        return _candidates.First!.Value.Wanted;
    }
}
