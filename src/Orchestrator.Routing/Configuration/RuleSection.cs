using Orchestrator.Tasks;

namespace Orchestrator.Routing.Configuration;

/// <summary>Reads rules and experiments of a configuration.</summary>
internal static class RuleSection
{
    public static RoutingRule ReadRule(SectionReader reader)
    {
        var rule = new RoutingRule();
        reader.Text("name", value => rule.Name = value);
        reader.Section("when", when => Read(when, rule.When));
        reader.Section("then", then => Read(then, rule.Then));
        return rule;
    }

    public static RoutingExperiment ReadExperiment(SectionReader reader)
    {
        var experiment = new RoutingExperiment();
        reader.Text("name", value => experiment.Name = value);
        reader.Text("unitLabel", value => experiment.UnitLabel = value);
        reader.Flag("shadow", value => experiment.Shadow = value);
        reader.Section("when", when => Read(when, experiment.When));
        reader.List("arms", ReadArm, value => experiment.Arms = value);
        return experiment;
    }

    private static ExperimentArm ReadArm(SectionReader reader)
    {
        var arm = new ExperimentArm();
        reader.Text("name", value => arm.Name = value);
        reader.Share("share", value => arm.Share = value);
        reader.Section("then", then => Read(then, arm.Then));
        return arm;
    }

    private static void Read(SectionReader reader, TaskMatch match)
    {
        reader.Names<AgentTaskType>("taskTypes", value => match.TaskTypes = value);
        reader.Names<SourceKind>("sources", value => match.Sources = value);
        reader.Names<TaskComplexity>("complexities", value => match.Complexities = value);
        reader.Names<CostProfile>("profiles", value => match.Profiles = value);
        reader.Map("labels", value => match.Labels = value);
        reader.Texts("repositories", value => match.Repositories = value);
        reader.Number("minPriority", value => match.MinPriority = value);
        reader.Number("maxPriority", value => match.MaxPriority = value);
    }

    private static void Read(SectionReader reader, RouteTarget target)
    {
        reader.Text("provider", value => target.Provider = value);
        reader.Text("group", value => target.Group = value);
        reader.Texts("deny", value => target.Deny = value);
        reader.Name<CostProfile>("profile", value => target.Profile = value);
        reader.Text("policy", value => target.Policy = value);
    }
}
