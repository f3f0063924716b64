namespace Orchestrator.Containers.Leasing;

/// <summary>The names of the built-in ways of choosing an instance.</summary>
public static class SelectionPolicies
{
    /// <summary>Of two instances drawn at random, the one with the lower load: nearly as even as <see cref="LeastRequests"/>, and callers of one moment do not all choose the same.</summary>
    public const string PowerOfTwoChoices = "power-of-two-choices";

    /// <summary>The instance with the lowest load: leases ÷ weight.</summary>
    public const string LeastRequests = "least-requests";

    /// <summary>One after the other; those with less weight are passed over more often.</summary>
    public const string RoundRobin = "round-robin";

    /// <summary>At random, by weight.</summary>
    public const string Random = "random";

    /// <summary>By the request's affinity key: the same key goes to the same instance while it lives and has a free slot, and only the keys of an instance that goes move. Without a key, <see cref="PowerOfTwoChoices"/>.</summary>
    public const string SessionAffinity = "session-affinity";

    private static readonly string[] Names = [PowerOfTwoChoices, LeastRequests, RoundRobin, Random, SessionAffinity];

    internal static IReadOnlyList<string> BuiltIn => Names;

    internal static bool IsBuiltIn(string? name) => Names.Contains(name, StringComparer.OrdinalIgnoreCase);

    internal static SelectionKind KindOf(string name) => Array.FindIndex(Names, known => known.Equals(name, StringComparison.OrdinalIgnoreCase)) switch
    {
        0 => SelectionKind.PowerOfTwoChoices,
        1 => SelectionKind.LeastRequests,
        2 => SelectionKind.RoundRobin,
        3 => SelectionKind.Random,
        4 => SelectionKind.SessionAffinity,
        _ => SelectionKind.Added,
    };
}
