namespace Orchestrator.Benchmarks.Patching;

/// <summary>The same work done by several contestants; the first one is ours, which the ratios refer to.</summary>
internal sealed record Comparison
{
    public required string Name { get; init; }

    /// <summary>A word without blanks, to name its folder and to choose it by.</summary>
    public required string Key { get; init; }

    public required IReadOnlyList<Contestant> Contestants { get; init; }

    /// <summary>How often each does its work in a round; the round counts the mean.</summary>
    public int Calls { get; init; } = 1;

    /// <summary>How many rounds come first that count for nothing, so that the compiler is done with what runs often.</summary>
    public int Warmups { get; init; } = 3;
}
