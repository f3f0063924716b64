namespace Orchestrator.Testing;

/// <summary>Randomness that a failing test can repeat.</summary>
public static class SeededRandom
{
    /// <summary>Makes a source that gives the same numbers for the same <paramref name="seed"/>. Not for secrets; not thread-safe.</summary>
    public static Random Create(int seed) => new(seed);
}
