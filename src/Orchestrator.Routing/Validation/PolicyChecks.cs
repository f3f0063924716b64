namespace Orchestrator.Routing.Validation;

/// <summary>Checks names of selection policies, and that the policy has something to choose by.</summary>
internal static class PolicyChecks
{
    public static void Check(ProviderRoutingOptions options, RoutingDomain domain, SettingErrors errors) =>
        Check(options.Policy, nameof(options.Policy), domain.Providers, domain, errors);

    /// <summary>Checks one policy that chooses among some of the providers.</summary>
    public static void Check(string? policy, string at, IEnumerable<RegisteredProvider> among, RoutingDomain domain, SettingErrors errors)
    {
        if (policy is null || !domain.IsPolicy(policy))
        {
            errors.Add($"{at} is '{policy}'; there is no such selection policy. {domain.KnownPolicies}");
        }
        else if (RoutingDomain.Same(policy, RoutingPolicies.Weighted)
            && among.Where(provider => provider.IsEnabled).ToList() is { Count: > 0 } enabled && enabled.TrueForAll(provider => provider.Weight == 0))
        {
            errors.Add($"{at} is '{policy}', but every provider it chooses among has the weight 0: give one a {nameof(ProviderSettings.Weight)} above 0.");
        }
    }
}
