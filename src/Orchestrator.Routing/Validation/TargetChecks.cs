using Orchestrator.Json;
using Orchestrator.Tasks;

namespace Orchestrator.Routing.Validation;

/// <summary>Checks where a rule or an arm of an experiment sends tasks.</summary>
internal static class TargetChecks
{
    /// <summary>Checks one.</summary>
    /// <param name="target">The target.</param>
    /// <param name="match">Which tasks go there; null when that is wrong itself.</param>
    /// <param name="at">Where it stands in the settings.</param>
    /// <param name="domain">What it may speak of.</param>
    /// <param name="errors">Takes what is wrong.</param>
    public static void Check(RouteTarget? target, TaskMatch? match, string at, RoutingDomain domain, SettingErrors errors)
    {
        var before = errors.Count;
        if (!errors.NotNull(target, at) || !errors.NotNull(target.Deny, $"{at}.{nameof(target.Deny)}"))
        {
            return;
        }

        if (target is { Provider: null, Group: null, Deny.Count: 0, Profile: null, Policy: null })
        {
            errors.Add($"{at} sends tasks nowhere: set {nameof(target.Provider)}, {nameof(target.Group)}, {nameof(target.Deny)}, {nameof(target.Profile)} or {nameof(target.Policy)}.");
            return;
        }

        CheckNames(target, at, domain, errors);
        var left = domain.Providers.Where(provider => Takes(target, provider)).ToList();
        if (errors.Count == before)
        {
            CheckSatisfiable(left, target, match, at, errors);
        }

        if (target.Policy is not null)
        {
            PolicyChecks.Check(target.Policy, $"{at}.{nameof(target.Policy)}", left, domain, errors);
        }
    }

    private static void CheckNames(RouteTarget target, string at, RoutingDomain domain, SettingErrors errors)
    {
        if (target.Provider is { } name && !domain.IsProvider(name))
        {
            errors.Add($"{at}.{nameof(target.Provider)} is '{name}'; there is no such provider. {domain.KnownProviders}");
        }

        if (target.Group is { } group && !domain.IsTag(group))
        {
            errors.Add($"{at}.{nameof(target.Group)} is '{group}', a tag that no provider has. {domain.KnownTags}");
        }

        foreach (var denied in target.Deny.Where(denied => denied is null || !(domain.IsProvider(denied) || domain.IsTag(denied))))
        {
            errors.Add($"{at}.{nameof(target.Deny)} holds '{denied}', which is neither a provider nor a tag of one. {domain.KnownProviders} {domain.KnownTags}");
        }

        if (target.Profile is { } profile && !Enum.IsDefined(profile))
        {
            errors.Add($"{at}.{nameof(target.Profile)} is {profile}; known: {string.Join(", ", Enum.GetValues<CostProfile>())}.");
        }
    }

    // Providers that are switched off count: who switches one off for an hour must not have to change the rules.
    private static void CheckSatisfiable(List<RegisteredProvider> left, RouteTarget target, TaskMatch? match, string at, SettingErrors errors)
    {
        if (left.Count == 0)
        {
            errors.Add($"{at} leaves no provider: none{Words(target)} remains. Widen it, or take names out of {nameof(target.Deny)}.");
        }
        else if (match is not null)
        {
            var (types, sources) = (match.TaskTypes, MatchCoverage.SourcesOf(match));
            if (types.Count > 0 && !left.Exists(provider => types.Any(provider.Descriptor.TaskTypes.Contains)))
            {
                errors.Add($"{at} can never be followed: {Names(left)} takes a task of type {string.Join(" or ", types.Select(type => type.ToName()))}.");
            }

            if (sources.Count > 0 && !left.Exists(provider => sources.Any(provider.Descriptor.Sources.Contains)))
            {
                errors.Add($"{at} can never be followed: {Names(left)} serves a source of kind {string.Join(" or ", sources.Select(source => source.ToName()))}.");
            }
        }
    }

    private static bool Takes(RouteTarget target, RegisteredProvider provider) =>
        (target.Provider is null || RoutingDomain.Same(target.Provider, provider.Name))
        && (target.Group is null || RoutingDomain.HasTag(provider, target.Group))
        && !target.Deny.Any(denied => denied is not null && (RoutingDomain.Same(denied, provider.Name) || RoutingDomain.HasTag(provider, denied)));

    private static string Words(RouteTarget target) =>
        (target.Provider is null ? "" : $" named '{target.Provider}'") + (target.Group is null ? "" : $" with the tag '{target.Group}'") + (target.Deny.Count == 0 ? "" : " that is not denied");

    private static string Names(List<RegisteredProvider> providers) =>
        providers.Count == 1 ? $"{providers[0].Name} is its only provider, and it never" : $"none of {string.Join(", ", providers.Select(provider => provider.Name))}";
}
