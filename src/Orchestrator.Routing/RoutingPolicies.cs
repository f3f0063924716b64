namespace Orchestrator.Routing;

/// <summary>The names of the built-in selection policies.</summary>
public static class RoutingPolicies
{
    /// <summary>The least expected cost.</summary>
    public const string Best = "best";

    /// <summary>By chance, in proportion to the configured weights.</summary>
    public const string Weighted = "weighted";

    /// <summary>The better of two that were drawn by chance.</summary>
    public const string PowerOfTwoChoices = "power-of-two-choices";

    /// <summary>The least expected cost in the lowest tier that has an eligible provider.</summary>
    public const string Tiers = "tiers";

    /// <summary>The least expected cost with success rates drawn from what is known.</summary>
    public const string Thompson = "thompson";

    /// <summary>All of them.</summary>
    public static ValueList<string> All { get; } = [Best, Weighted, PowerOfTwoChoices, Tiers, Thompson];
}
