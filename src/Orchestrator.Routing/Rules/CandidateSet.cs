namespace Orchestrator.Routing.Rules;

/// <summary>A set of candidates, one bit each.</summary>
internal readonly struct CandidateSet
{
    private readonly ulong[] _bits;

    public CandidateSet(int count, Func<int, bool> holds)
    {
        _bits = new ulong[(count + 63) / 64];
        for (var i = 0; i < count; i++)
        {
            _bits[i >> 6] |= holds(i) ? 1UL << (i & 63) : 0;
        }
    }

    public bool Holds(int candidate) => (_bits[candidate >> 6] & (1UL << (candidate & 63))) != 0;
}
