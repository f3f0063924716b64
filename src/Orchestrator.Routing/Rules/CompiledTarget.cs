using Orchestrator.Routing.Selection;
using Orchestrator.Tasks;

namespace Orchestrator.Routing.Rules;

/// <summary>Where a rule or an arm of an experiment sends its tasks, as sets of candidates and finished sentences.</summary>
internal sealed class CompiledTarget
{
    /// <param name="target">What the configuration says.</param>
    /// <param name="providers">The candidates.</param>
    /// <param name="reason">What a decision under it says that decided.</param>
    /// <param name="name">What stands in decisions: the rule, or <c>experiment/arm</c>.</param>
    /// <param name="words">Who speaks: <c>rule 'x'</c>.</param>
    /// <param name="method">The selection policy that it asks for; null for the host's.</param>
    public CompiledTarget(RouteTarget target, ValueList<RegisteredProvider> providers, RoutingReason reason, string name, string words, SelectionMethod? method)
    {
        (Reason, Name, Words, Method, Profile) = (reason, name, words, method, target.Profile);
        IsRestricting = target.Provider is not null || target.Group is not null;
        Allowed = new CandidateSet(providers.Count, candidate => IsAllowed(target, providers[candidate]));
        IsDenying = target.Deny.Count > 0;
        Denied = new CandidateSet(providers.Count, candidate => target.Deny.Any(denied => IsCalled(providers[candidate], denied)));
        Place = Describe(target);
    }

    public RoutingReason Reason { get; }

    public string Name { get; }

    public string Words { get; }

    public SelectionMethod? Method { get; }

    public CostProfile? Profile { get; }

    /// <summary>Whether it names a provider or a group, so that <see cref="Allowed"/> counts.</summary>
    public bool IsRestricting { get; }

    public CandidateSet Allowed { get; }

    public bool IsDenying { get; }

    public CandidateSet Denied { get; }

    /// <summary>Where to, in words: <c>the group 'cheap', without jules</c>.</summary>
    public string Place { get; }

    private static bool IsAllowed(RouteTarget target, RegisteredProvider provider) =>
        (target.Provider is null || string.Equals(target.Provider, provider.Name, StringComparison.OrdinalIgnoreCase))
        && (target.Group is null || HasTag(provider, target.Group));

    private static bool IsCalled(RegisteredProvider provider, string nameOrTag) =>
        string.Equals(nameOrTag, provider.Name, StringComparison.OrdinalIgnoreCase) || HasTag(provider, nameOrTag);

    private static bool HasTag(RegisteredProvider provider, string tag) => provider.Descriptor.Tags.Contains(tag, StringComparer.OrdinalIgnoreCase);

    private static string Describe(RouteTarget target)
    {
        string?[] parts =
        [
            target.Provider is { } provider ? $"provider {provider}" : null,
            target.Group is { } group ? $"the group '{group}'" : null,
            target.Deny.Count > 0 ? $"not {string.Join(" or ", target.Deny)}" : null,
            target.Profile is { } profile ? $"scored for {Json.EnumNames.ToName(profile)}" : null,
            target.Policy is { } policy ? $"chosen by {policy}" : null,
        ];
        return string.Join(", ", parts.Where(part => part is not null));
    }
}
