using System.Globalization;

namespace Orchestrator.Routing.Validation;

/// <summary>Checks the experiments, each for itself and against the rules and experiments before it.</summary>
internal static class ExperimentChecks
{
    private const double SmallestShare = 0.0001;
    private const double Rounding = 1e-9;

    public static void Check(ProviderRoutingOptions options, RoutingDomain domain, SettingErrors errors)
    {
        if (!errors.NotNull(options.Experiments, nameof(options.Experiments)))
        {
            return;
        }

        var ignored = new SettingErrors();
        var earlier = (options.Rules ?? []).Where(rule => rule is not null && MatchChecks.Check(rule.When, "", ignored))
            .Select(rule => (At: $"the rule '{rule.Name}'", Match: rule.When)).ToList();
        for (var i = 0; i < options.Experiments.Count; i++)
        {
            var (experiment, at) = (options.Experiments[i], $"{nameof(options.Experiments)}[{i}]");
            if (!errors.NotNull(experiment, at))
            {
                continue;
            }

            errors.Name(experiment.Name, $"{at}.{nameof(experiment.Name)}");
            at = $"{at} '{experiment.Name}'";
            var match = MatchChecks.Check(experiment.When, $"{at}.{nameof(experiment.When)}", errors) ? experiment.When : null;
            CheckArms(experiment, match, at, domain, errors);
            if (match is not null)
            {
                foreach (var before in earlier.Where(before => MatchCoverage.Covers(before.Match, match)).Take(1))
                {
                    errors.Add($"{at} is never reached: {before.At} takes every task that it is for. Narrow that, or take the experiment out.");
                }

                if (!experiment.Shadow)
                {
                    earlier.Add(($"the experiment '{experiment.Name}'", match));
                }
            }
        }

        errors.Unique(options.Experiments.Select(experiment => experiment?.Name), "experiments");
    }

    private static void CheckArms(RoutingExperiment experiment, TaskMatch? match, string at, RoutingDomain domain, SettingErrors errors)
    {
        var list = $"{at}.{nameof(experiment.Arms)}";
        if (experiment.UnitLabel is not null)
        {
            errors.Name(experiment.UnitLabel, $"{at}.{nameof(experiment.UnitLabel)}");
        }

        if (!errors.NotNull(experiment.Arms, list))
        {
            return;
        }

        if (experiment.Arms.Count == 0)
        {
            errors.Add($"{list} is empty: add an arm with a share and a target.");
        }

        for (var i = 0; i < experiment.Arms.Count; i++)
        {
            var arm = experiment.Arms[i];
            if (errors.NotNull(arm, $"{list}[{i}]"))
            {
                errors.Name(arm.Name, $"{list}[{i}].{nameof(arm.Name)}");
                errors.Between<double>(arm.Share, SmallestShare, 1, $"{list}[{i}].{nameof(arm.Share)}");
                TargetChecks.Check(arm.Then, match, $"{list}[{i}].{nameof(arm.Then)}", domain, errors);
            }
        }

        errors.Unique(experiment.Arms.Select(arm => arm?.Name), $"arms of {at}");
        var sum = experiment.Arms.Sum(arm => arm is null ? 0 : Math.Max(0, arm.Share));
        if (sum > 1 + Rounding)
        {
            errors.Add(string.Create(CultureInfo.InvariantCulture, $"The shares of {list} add up to {sum:0.####}; together they may be at most 1."));
        }
    }
}
