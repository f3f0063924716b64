using System.Diagnostics.CodeAnalysis;
using Orchestrator.Tasks;

namespace Orchestrator.Routing;

/// <summary>Where a rule or an arm of an experiment sends a task.</summary>
public sealed class RouteTarget
{
    /// <summary>The only provider.</summary>
    public string? Provider { get; set; }

    /// <summary>Only providers with this tag.</summary>
    public string? Group { get; set; }

    /// <summary>Not these providers; names or tags.</summary>
    [SuppressMessage("Usage", "CA2227:Collection properties should be read only", Justification = "Options are set by the host, also as a whole.")]
    public IList<string> Deny { get; set; } = [];

    /// <summary>Scored with this cost profile instead of the task's.</summary>
    public CostProfile? Profile { get; set; }

    /// <summary>Chosen by this selection policy instead of the host's.</summary>
    public string? Policy { get; set; }
}
