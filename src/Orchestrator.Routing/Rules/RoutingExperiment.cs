using System.Diagnostics.CodeAnalysis;

namespace Orchestrator.Routing;

/// <summary>An A/B test or canary: shares of the tasks go to arms. The share is by hash of the experiment's name and the unit, so a task stays in its arm through retries.</summary>
/// <remarks>Rules go first: a task that a rule matched takes part in no experiment. Of several experiments that match, the first counts.</remarks>
public sealed class RoutingExperiment
{
    /// <summary>The experiment's name, unique among the experiments. A new name deals the tasks anew.</summary>
    public string Name { get; set; } = "";

    /// <summary>Which tasks take part.</summary>
    /// <value>Every task by default.</value>
    public TaskMatch When { get; set; } = new();

    /// <summary>The label whose value is dealt to the arms instead of the task's id, so that one tenant stays in one arm; a task without it is dealt by its id.</summary>
    public string? UnitLabel { get; set; }

    /// <summary>The arms; what their shares leave over is routed as if there were no experiment.</summary>
    [SuppressMessage("Usage", "CA2227:Collection properties should be read only", Justification = "Options are set by the host, also as a whole.")]
    public IList<ExperimentArm> Arms { get; set; } = [];

    /// <summary>Whether the arm is only written down: the task is routed as if there were no experiment.</summary>
    public bool Shadow { get; set; }
}
