using Orchestrator.Routing.Selection;

namespace Orchestrator.Routing.Rules;

/// <summary>Makes rules and experiments ready for decisions, once a snapshot.</summary>
internal static class RuleCompiler
{
    public static CompiledRule[] Rules(ProviderRoutingOptions options, ValueList<RegisteredProvider> providers, SelectionMethods methods) =>
    [
        .. options.Rules.Select(rule => new CompiledRule(
            rule.Name,
            new CompiledMatch(rule.When),
            new CompiledTarget(rule.Then, providers, RoutingReason.Rule, rule.Name, $"rule '{rule.Name}'", methods.Find(rule.Then.Policy)))),
    ];

    public static CompiledExperiment[] Experiments(ProviderRoutingOptions options, ValueList<RegisteredProvider> providers, SelectionMethods methods) =>
    [
        .. options.Experiments.Select(experiment => new CompiledExperiment(experiment,
        [
            .. experiment.Arms.Select(arm => new CompiledTarget(
                arm.Then, providers, RoutingReason.Experiment, $"{experiment.Name}/{arm.Name}", $"experiment '{experiment.Name}', arm '{arm.Name}',", methods.Find(arm.Then.Policy))),
        ])),
    ];
}
