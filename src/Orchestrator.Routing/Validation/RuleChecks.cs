namespace Orchestrator.Routing.Validation;

/// <summary>Checks the rules, each for itself and against those before it.</summary>
internal static class RuleChecks
{
    public static void Check(ProviderRoutingOptions options, RoutingDomain domain, SettingErrors errors)
    {
        if (!errors.NotNull(options.Rules, nameof(options.Rules)))
        {
            return;
        }

        var earlier = new List<(string At, TaskMatch Match)>();
        for (var i = 0; i < options.Rules.Count; i++)
        {
            var (rule, at) = (options.Rules[i], $"{nameof(options.Rules)}[{i}]");
            if (!errors.NotNull(rule, at))
            {
                continue;
            }

            errors.Name(rule.Name, $"{at}.{nameof(rule.Name)}");
            at = $"{at} '{rule.Name}'";
            var match = MatchChecks.Check(rule.When, $"{at}.{nameof(rule.When)}", errors) ? rule.When : null;
            TargetChecks.Check(rule.Then, match, $"{at}.{nameof(rule.Then)}", domain, errors);
            if (match is not null)
            {
                CheckReach(match, at, earlier, errors);
                earlier.Add((at, match));
            }
        }

        errors.Unique(options.Rules.Select(rule => rule?.Name), "rules");
    }

    private static void CheckReach(TaskMatch match, string at, List<(string At, TaskMatch Match)> earlier, SettingErrors errors)
    {
        foreach (var before in earlier.Where(before => MatchCoverage.Covers(before.Match, match)).Take(1))
        {
            errors.Add($"{at} is never reached: {before.At} takes every task that it is for. Put it before that rule, or take it out.");
        }
    }
}
