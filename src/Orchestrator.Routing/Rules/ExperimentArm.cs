namespace Orchestrator.Routing;

/// <summary>One arm of an experiment.</summary>
public sealed class ExperimentArm
{
    /// <summary>The arm's name, unique in the experiment.</summary>
    public string Name { get; set; } = "";

    /// <summary>Its share of the tasks, above 0 and at most 1; kept to a ten-thousandth. All shares together are at most 1.</summary>
    public double Share { get; set; }

    /// <summary>Where its tasks go.</summary>
    public RouteTarget Then { get; set; } = new();
}
