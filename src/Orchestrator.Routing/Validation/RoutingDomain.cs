using Orchestrator.Routing.Registration;

namespace Orchestrator.Routing.Validation;

/// <summary>What rules, experiments and budgets may speak of: providers, tags and selection policies.</summary>
internal sealed class RoutingDomain
{
    private readonly HashSet<string> _tags;
    private readonly IReadOnlyList<string> _policies;

    public RoutingDomain(ProviderRoster roster, ProviderRoutingOptions options, IReadOnlyDictionary<string, ProviderSettings> settings)
    {
        Providers =
        [
            .. roster.Entries.DistinctBy(entry => entry.Name, StringComparer.OrdinalIgnoreCase)
                .Select(entry => ProviderOverlay.Apply(entry, settings.GetValueOrDefault(entry.Name), options)),
        ];
        _tags = Providers.SelectMany(provider => provider.Descriptor.Tags).ToHashSet(StringComparer.OrdinalIgnoreCase);
        _policies = [.. RoutingPolicies.All, .. roster.Policies.Select(policy => policy.Name).Order(StringComparer.Ordinal)];
    }

    /// <summary>Every provider once, with those of its settings that are right.</summary>
    public IReadOnlyList<RegisteredProvider> Providers { get; }

    public string KnownProviders => Known("providers", Providers.Select(provider => provider.Name));

    public string KnownTags => Known("tags", _tags);

    public string KnownPolicies => $"Known policies: {string.Join(", ", _policies)}.";

    public bool IsProvider(string name) => Providers.Any(provider => Same(provider.Name, name));

    public bool IsTag(string name) => _tags.Contains(name);

    public bool IsPolicy(string name) => _policies.Contains(name, StringComparer.OrdinalIgnoreCase);

    public static bool Same(string? one, string? other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    public static bool HasTag(RegisteredProvider provider, string tag) => provider.Descriptor.Tags.Contains(tag, StringComparer.OrdinalIgnoreCase);

    public static string Known(string what, IEnumerable<string> names) =>
        names.Order(StringComparer.Ordinal).ToList() is { Count: > 0 } known ? $"Known {what}: {string.Join(", ", known)}." : $"Known {what}: there are none.";
}
