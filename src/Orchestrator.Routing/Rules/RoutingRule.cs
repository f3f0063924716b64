namespace Orchestrator.Routing;

/// <summary>When a task is like this, then it goes there. The first rule that matches decides, and its word is final: nobody outside of it is asked.</summary>
public sealed class RoutingRule
{
    /// <summary>The rule's name, unique among the rules; it stands in decisions.</summary>
    public string Name { get; set; } = "";

    /// <summary>Which tasks it is for; everything that is set must match.</summary>
    /// <value>Every task by default.</value>
    public TaskMatch When { get; set; } = new();

    /// <summary>Where they go. At least one member must be set.</summary>
    public RouteTarget Then { get; set; } = new();
}
