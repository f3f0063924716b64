namespace Orchestrator.Patching;

/// <summary>A place in the file before: from the first byte to before the last.</summary>
internal readonly record struct MatchPlace(int Line, int Start, int End, IndentShift Shift = default);

/// <summary>All places that fit an edit at one tier: counted all, listed up to a bound, and the nearest to a hint.</summary>
internal sealed class Candidates(int? hint)
{
    /// <summary>How many places an answer lists.</summary>
    public const int MaxListed = 50;

    /// <summary>Beyond so many places, counting on tells nobody more.</summary>
    private const int MaxCounted = 10_000;

    private readonly List<int> _lines = [];
    private int _nearestDistance = int.MaxValue;
    private bool _isNearestShared;
    private MatchPlace _first;
    private MatchPlace _nearest;

    public int Count { get; private set; }

    /// <summary>Whether more places would change nothing: there are very many, and no line that could decide.</summary>
    public bool IsFull => hint is null && Count >= MaxCounted;

    /// <summary>The lines of the places, counted from 1.</summary>
    public IReadOnlyList<int> Lines => _lines;

    public MatchPlace First => _first;

    public void Add(MatchPlace place)
    {
        if (Count++ == 0)
        {
            _first = place;
        }

        if (_lines.Count < MaxListed && (_lines.Count == 0 || _lines[^1] != place.Line + 1))
        {
            _lines.Add(place.Line + 1);
        }

        if (hint is { } line)
        {
            var distance = Math.Abs(place.Line - line);
            _isNearestShared = distance == _nearestDistance || (_isNearestShared && distance > _nearestDistance);
            if (distance < _nearestDistance)
            {
                (_nearest, _nearestDistance) = (place, distance);
            }
        }
    }

    /// <summary>The only place, or the one that the hint decides for.</summary>
    public MatchPlace? Decide(int maxDistance) =>
        Count == 1 ? _first : Count > 1 && hint is not null && !_isNearestShared && _nearestDistance <= maxDistance ? _nearest : null;
}
