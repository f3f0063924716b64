using Orchestrator.Routing.Registration;

namespace Orchestrator.Routing.Validation;

/// <summary>Checks the settings against each other and against what was registered, and reports every error. The same checks at start and at each reload.</summary>
internal static class RoutingValidator
{
    /// <summary>What is wrong, in words that say what to do; empty when nothing is.</summary>
    public static IReadOnlyList<string> FindErrors(ProviderRoutingOptions options, ProviderRoster roster)
    {
        var errors = new SettingErrors();
        errors.AddRange(options.ReadErrors);
        RosterChecks.Check(roster, errors);
        RangeChecks.Check(options, errors);
        var settings = ProviderSettingsChecks.Check(options, roster, errors);
        FallbackCycles.Check(settings, errors);
        var domain = new RoutingDomain(roster, options, settings);
        PolicyChecks.Check(options, domain, errors);
        RuleChecks.Check(options, domain, errors);
        ExperimentChecks.Check(options, domain, errors);
        BudgetChecks.Check(options, domain, errors);
        return errors.All;
    }
}
