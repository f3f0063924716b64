namespace Orchestrator.Routing.Selection;

/// <summary>Keeps the best candidates in order while they are looked at one by one. Of two equal scores the earlier stays first, and candidates come in ordinal order of names.</summary>
internal ref struct Ranking(Span<RankedCandidate> places)
{
    private readonly Span<RankedCandidate> _places = places;

    /// <summary>How many candidates were eligible, also those that found no place.</summary>
    public int Eligible { get; private set; }

    public readonly ReadOnlySpan<RankedCandidate> Best => _places[..Math.Min(Eligible, _places.Length)];

    public void Add(in RankedCandidate candidate)
    {
        var place = Math.Min(Eligible++, _places.Length);
        while (place > 0 && _places[place - 1].Score > candidate.Score)
        {
            place--;
            if (place + 1 < _places.Length)
            {
                _places[place + 1] = _places[place];
            }
        }

        if (place < _places.Length)
        {
            _places[place] = candidate;
        }
    }
}

/// <summary>A candidate that can do the task.</summary>
internal readonly record struct RankedCandidate(int Candidate, int Model, double Score, bool IsHalfOpen);
