using System.Diagnostics.CodeAnalysis;
using Orchestrator.Tasks;

namespace Orchestrator.Routing;

/// <summary>Which tasks a rule or an experiment is for. Every member that is set must match; of the values in a list, one.</summary>
public sealed class TaskMatch
{
    /// <summary>Types of task.</summary>
    [SuppressMessage("Usage", "CA2227:Collection properties should be read only", Justification = "Options are set by the host, also as a whole.")]
    public IList<AgentTaskType> TaskTypes { get; set; } = [];

    /// <summary>Kinds of source.</summary>
    [SuppressMessage("Usage", "CA2227:Collection properties should be read only", Justification = "Options are set by the host, also as a whole.")]
    public IList<SourceKind> Sources { get; set; } = [];

    /// <summary>Complexities, as the router takes them.</summary>
    [SuppressMessage("Usage", "CA2227:Collection properties should be read only", Justification = "Options are set by the host, also as a whole.")]
    public IList<TaskComplexity> Complexities { get; set; } = [];

    /// <summary>Cost profiles.</summary>
    [SuppressMessage("Usage", "CA2227:Collection properties should be read only", Justification = "Options are set by the host, also as a whole.")]
    public IList<CostProfile> Profiles { get; set; } = [];

    /// <summary>Labels that the task must have, with their values; <c>*</c> stands for any value.</summary>
    [SuppressMessage("Usage", "CA2227:Collection properties should be read only", Justification = "Options are set by the host, also as a whole.")]
    public IDictionary<string, string> Labels { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary><c>owner/repository</c> of a GitHub source, in any case; <c>owner/*</c> for all of one owner.</summary>
    [SuppressMessage("Usage", "CA2227:Collection properties should be read only", Justification = "Options are set by the host, also as a whole.")]
    public IList<string> Repositories { get; set; } = [];

    /// <summary>The lowest priority, from -100 to 100.</summary>
    public int? MinPriority { get; set; }

    /// <summary>The highest priority, from -100 to 100.</summary>
    public int? MaxPriority { get; set; }
}
