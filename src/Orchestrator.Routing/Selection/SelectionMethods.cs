using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Orchestrator.Routing.Selection;

/// <summary>The selection policies that a host has, by name in any case.</summary>
internal sealed class SelectionMethods
{
    private readonly FrozenDictionary<string, SelectionMethod> _methods;

    public SelectionMethods(IEnumerable<ISelectionPolicy> policies)
    {
        SelectionMethod[] builtIn =
        [
            new(RoutingPolicies.Best, SelectionKind.Best),
            new(RoutingPolicies.Weighted, SelectionKind.Weighted),
            new(RoutingPolicies.PowerOfTwoChoices, SelectionKind.PowerOfTwoChoices),
            new(RoutingPolicies.Tiers, SelectionKind.Tiers),
            new(RoutingPolicies.Thompson, SelectionKind.Thompson),
        ];
        _methods = builtIn.Concat(policies.Select(policy => new SelectionMethod(policy.Name, SelectionKind.Custom, policy)))
            .DistinctBy(method => method.Name, StringComparer.OrdinalIgnoreCase)
            .ToFrozenDictionary(method => method.Name, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The policy of a name; null for null.</summary>
    /// <exception cref="ArgumentException">There is none of that name. Settings are validated before they get here.</exception>
    [return: NotNullIfNotNull(nameof(name))]
    public SelectionMethod? Find(string? name) =>
        name is null ? null
        : _methods.TryGetValue(name, out var method) ? method
        : throw new ArgumentException($"There is no selection policy '{name}'. Known policies: {string.Join(", ", _methods.Keys.Order(StringComparer.Ordinal))}.", nameof(name));
}
