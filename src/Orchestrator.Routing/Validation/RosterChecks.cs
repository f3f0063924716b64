using Orchestrator.Routing.Registration;

namespace Orchestrator.Routing.Validation;

/// <summary>Checks what was registered in code.</summary>
internal static class RosterChecks
{
    public static void Check(ProviderRoster roster, SettingErrors errors)
    {
        errors.Unique(roster.Entries.Select(entry => entry.Name), "providers");
        foreach (var policy in roster.Policies.Where(policy => string.IsNullOrWhiteSpace(policy.Name)))
        {
            errors.Add($"The selection policy {policy.GetType()} has no name.");
        }

        foreach (var policy in roster.Policies.Where(policy => RoutingPolicies.All.Contains(policy.Name, StringComparer.OrdinalIgnoreCase)))
        {
            errors.Add($"The selection policy {policy.GetType()} is named '{policy.Name}', as a built-in one is: give it another name than {string.Join(", ", RoutingPolicies.All)}.");
        }

        errors.Unique(roster.Policies.Select(policy => policy.Name), "selection policies");
    }
}
