using Orchestrator.Tasks;

namespace Orchestrator.Routing.Tests.Validation;

public sealed class RuleValidationTests
{
    private const string KnownProviders = "Known providers: claude, codex, free, jules, prettier.";
    private const string KnownTags = "Known tags: cheap, cli, remote.";

    [Fact]
    public void Good_rules_and_experiments_draw_no_complaint() => Assert.Empty(Wrong.ErrorsOf(options =>
    {
        options.Rules =
        [
            Rule("fixes of acme", new() { TaskTypes = [AgentTaskType.Fix], Repositories = ["acme/*"], Labels = { ["team"] = "*" } }, new() { Provider = "JULES" }),
            Rule("urgent", new() { MinPriority = 50 }, new() { Group = "CLI", Deny = ["codex"], Profile = CostProfile.Fast, Policy = "best" }),
            Rule("all fixes", new() { TaskTypes = [AgentTaskType.Fix] }, new() { Policy = "tiers" }),
        ];
        options.Experiments =
        [
            new() { Name = "canary", When = new() { MaxPriority = 10 }, Arms = [Arm("new", 0.9), Arm("old", 0.1)] },
            new() { Name = "rest", Shadow = true, Arms = [Arm("x", 1)] },
            new() { Name = "after a shadow", Arms = [Arm("x", 0.0001)] },
        ];
    }));

    [Fact]
    public void A_target_that_is_not_there_is_told_with_those_that_are()
    {
        var errors = Wrong.ErrorsOf(options => options.Rules =
        [
            Rule("a", new() { MinPriority = 10 }, new()),
            Rule("b", new() { MinPriority = 9 }, new() { Provider = "codecs", Group = "chep", Policy = "bst" }),
            Rule("c", new() { MinPriority = 8 }, new() { Deny = ["nobody"] }),
            Rule("d", new() { MinPriority = 7 }, null!),
        ]);

        Assert.Equal(
            [
                "Rules[0] 'a'.Then sends tasks nowhere: set Provider, Group, Deny, Profile or Policy.",
                $"Rules[1] 'b'.Then.Provider is 'codecs'; there is no such provider. {KnownProviders}",
                $"Rules[1] 'b'.Then.Group is 'chep', a tag that no provider has. {KnownTags}",
                "Rules[1] 'b'.Then.Policy is 'bst'; there is no such selection policy. Known policies: best, weighted, power-of-two-choices, tiers, thompson.",
                $"Rules[2] 'c'.Then.Deny holds 'nobody', which is neither a provider nor a tag of one. {KnownProviders} {KnownTags}",
                "Rules[3] 'd'.Then must not be null.",
            ],
            errors);
    }

    [Fact]
    public void A_target_that_nothing_can_satisfy_is_an_error()
    {
        var errors = Wrong.ErrorsOf(options => options.Rules =
        [
            Rule("a", new() { MinPriority = 9 }, new() { Provider = "codex", Group = "remote" }),
            Rule("b", new() { MinPriority = 8 }, new() { Group = "cli", Deny = ["codex", "claude"] }),
            Rule("c", new() { TaskTypes = [AgentTaskType.Fix], MinPriority = 7 }, new() { Provider = "prettier" }),
            Rule("d", new() { Sources = [SourceKind.Local], MinPriority = 6 }, new() { Group = "remote" }),
            Rule("e", new() { Repositories = ["acme/shop"], MinPriority = 5 }, new() { Group = "cli" }),
        ]);

        Assert.Equal(
            [
                "Rules[0] 'a'.Then leaves no provider: none named 'codex' with the tag 'remote' remains. Widen it, or take names out of Deny.",
                "Rules[1] 'b'.Then leaves no provider: none with the tag 'cli' that is not denied remains. Widen it, or take names out of Deny.",
                "Rules[2] 'c'.Then can never be followed: prettier is its only provider, and it never takes a task of type fix.",
                "Rules[3] 'd'.Then can never be followed: jules is its only provider, and it never serves a source of kind local.",
                "Rules[4] 'e'.Then can never be followed: none of claude, codex serves a source of kind github.",
            ],
            errors);
    }

    [Fact]
    public void A_provider_that_is_switched_off_for_now_does_not_make_its_rules_wrong() => Assert.Empty(Wrong.ErrorsOf(options =>
    {
        options.Providers["codex"] = new() { Enabled = false };
        options.Rules = [Rule("a", new(), new() { Provider = "codex" })];
    }));

    [Theory]
    [MemberData(nameof(Covered))]
    public void A_rule_after_one_that_takes_all_of_its_tasks_is_never_reached(TaskMatch earlier, TaskMatch later) => Assert.Equal(
        "Rules[1] 'later' is never reached: Rules[0] 'earlier' takes every task that it is for. Put it before that rule, or take it out.",
        Wrong.ErrorOf(options => options.Rules = [Rule("earlier", earlier, AnyTarget), Rule("later", later, AnyTarget)]));

    [Theory]
    [MemberData(nameof(NotCovered))]
    public void A_rule_that_takes_a_task_that_those_before_it_leave_is_reached(TaskMatch earlier, TaskMatch later) =>
        Assert.Empty(Wrong.ErrorsOf(options => options.Rules = [Rule("earlier", earlier, AnyTarget), Rule("later", later, AnyTarget)]));

    public static TheoryData<TaskMatch, TaskMatch> Covered => new()
    {
        { new(), new() },
        { new(), new() { TaskTypes = [AgentTaskType.Fix] } },
        { new() { TaskTypes = [AgentTaskType.Fix, AgentTaskType.Refactor] }, new() { TaskTypes = [AgentTaskType.Refactor] } },
        { new() { TaskTypes = [AgentTaskType.Fix, AgentTaskType.Refactor, AgentTaskType.Generate, AgentTaskType.Optimize] }, new() },
        { new() { Sources = [SourceKind.GitHub] }, new() { Repositories = ["acme/shop"] } },
        { new() { Repositories = ["Acme/*"] }, new() { Repositories = ["acme/shop", "acme/*"] } },
        { new() { Labels = { ["team"] = "*" } }, new() { Labels = { ["team"] = "core", ["area"] = "x" } } },
        { new() { MinPriority = 0 }, new() { MinPriority = 10, MaxPriority = 20 } },
        { new() { MaxPriority = 100, Profiles = [CostProfile.Fast] }, new() { Profiles = [CostProfile.Fast], Complexities = [TaskComplexity.Simple] } },
    };

    public static TheoryData<TaskMatch, TaskMatch> NotCovered => new()
    {
        { new() { TaskTypes = [AgentTaskType.Fix] }, new() },
        { new() { TaskTypes = [AgentTaskType.Fix] }, new() { TaskTypes = [AgentTaskType.Fix, AgentTaskType.Refactor] } },
        { new() { Repositories = ["acme/*"] }, new() { Repositories = ["acmecorp/shop"] } },
        { new() { Repositories = ["acme/shop"] }, new() { Repositories = ["acme/*"] } },
        { new() { Repositories = ["acme/*"] }, new() { Sources = [SourceKind.GitHub] } },
        { new() { Labels = { ["team"] = "core" } }, new() { Labels = { ["team"] = "*" } } },
        { new() { Labels = { ["team"] = "core" } }, new() { Labels = { ["team"] = "Core" } } },
        { new() { MinPriority = 10 }, new() { MinPriority = 9 } },
        { new() { MaxPriority = 10 }, new() },
        { new() { Complexities = [TaskComplexity.Simple] }, new() { Complexities = [TaskComplexity.Complex] } },
    };

    [Fact]
    public void A_match_that_no_task_can_have_is_an_error()
    {
        var errors = Wrong.ErrorsOf(options => options.Rules =
        [
            Rule("a", new() { MinPriority = 5, MaxPriority = 4 }, AnyTarget),
            Rule("b", new() { Sources = [SourceKind.Local], Repositories = ["acme/shop"] }, AnyTarget),
            Rule("c", new() { Repositories = ["shop", "*/shop", "acme/", "acme/sh*p"] }, AnyTarget),
            Rule("d", new() { TaskTypes = [AgentTaskType.Unknown], MinPriority = -101, Labels = { ["team"] = null! } }, AnyTarget),
            Rule("e", new() { TaskTypes = null! }, AnyTarget),
            Rule("f", null!, AnyTarget),
        ]);

        Assert.Equal(
            [
                "Rules[0] 'a'.When matches no task: MinPriority 5 is above MaxPriority 4.",
                "Rules[1] 'b'.When matches no task: only a GitHub source has a repository, and Sources leaves GitHub out.",
                .. new[] { "shop", "*/shop", "acme/", "acme/sh*p" }.Select(text => $"Rules[2] 'c'.When.Repositories holds '{text}'; write owner/repository, or owner/* for all of one owner."),
                "Rules[3] 'd'.When.TaskTypes holds Unknown; known: Generate, Fix, Refactor, Optimize.",
                "Rules[3] 'd'.When.Labels[team] is ''; a label needs a name and a value, or * for any value.",
                "Rules[3] 'd'.When.MinPriority is -101; it must be from -100 to 100.",
                "Rules[4] 'e'.When.TaskTypes must not be null.",
                "Rules[5] 'f'.When must not be null.",
            ],
            errors);
    }

    [Fact]
    public void Names_of_rules_are_needed_and_differ()
    {
        var errors = Wrong.ErrorsOf(options => options.Rules =
            [Rule("", new() { MinPriority = 3 }, AnyTarget), Rule("x", new() { MinPriority = 2 }, AnyTarget), Rule("X", new() { MinPriority = 1 }, AnyTarget), null!]);

        Assert.Equal(
            [
                "Rules[0].Name must be 1 to 100 characters without control characters.",
                "Rules[3] must not be null.",
                "2 rules are named 'x': names must differ, also in more than their case.",
            ],
            errors);
    }

    [Fact]
    public void Wrong_experiments_are_told_all_at_once()
    {
        var errors = Wrong.ErrorsOf(options =>
        {
            options.Rules = [Rule("fixes", new() { TaskTypes = [AgentTaskType.Fix] }, AnyTarget)];
            options.Experiments =
            [
                new() { Name = "a", When = new() { MinPriority = 9 }, UnitLabel = "", Arms = [Arm("x", 0.6), Arm("X", 0.6), null!] },
                new() { Name = "b", When = new() { MinPriority = 8 } },
                new() { Name = "c", When = new() { MinPriority = 7 }, Arms = [Arm("x", 0), Arm("y", double.NaN), new() { Name = "z", Share = 0.1, Then = new() { Provider = "codecs" } }] },
                new() { Name = "d", When = new() { TaskTypes = [AgentTaskType.Fix], MinPriority = 0 }, Arms = [Arm("x", 1)] },
                new() { Name = "e", When = new() { MinPriority = 8 }, Arms = [Arm("x", 1)] },
            ];
        });

        Assert.Equal(
            [
                "Experiments[0] 'a'.UnitLabel must be 1 to 100 characters without control characters.",
                "Experiments[0] 'a'.Arms[2] must not be null.",
                "2 arms of Experiments[0] 'a' are named 'x': names must differ, also in more than their case.",
                "The shares of Experiments[0] 'a'.Arms add up to 1.2; together they may be at most 1.",
                "Experiments[1] 'b'.Arms is empty: add an arm with a share and a target.",
                "Experiments[2] 'c'.Arms[0].Share is 0; it must be from 0.0001 to 1.",
                "Experiments[2] 'c'.Arms[1].Share is NaN; it must be from 0.0001 to 1.",
                $"Experiments[2] 'c'.Arms[2].Then.Provider is 'codecs'; there is no such provider. {KnownProviders}",
                "Experiments[3] 'd' is never reached: the rule 'fixes' takes every task that it is for. Narrow that, or take the experiment out.",
                "Experiments[4] 'e' is never reached: the experiment 'b' takes every task that it is for. Narrow that, or take the experiment out.",
            ],
            errors);
    }

    private static RouteTarget AnyTarget => new() { Policy = "best" };

    private static RoutingRule Rule(string name, TaskMatch when, RouteTarget then) => new() { Name = name, When = when, Then = then };

    private static ExperimentArm Arm(string name, double share) => new() { Name = name, Share = share, Then = AnyTarget };
}
