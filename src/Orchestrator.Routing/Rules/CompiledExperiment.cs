using Orchestrator.Routing.Snapshots;
using Orchestrator.Tasks;

namespace Orchestrator.Routing.Rules;

/// <summary>An experiment, ready for decisions: arms as ranges of ten-thousandths.</summary>
internal sealed class CompiledExperiment
{
    /// <summary>Into how many equal parts the tasks are dealt.</summary>
    public const int Parts = 10_000;

    /// <summary>The task is in no arm.</summary>
    public const int NoArm = -1;

    private readonly ulong _seed;
    private readonly string? _unitLabel;
    private readonly int[] _ends;

    public CompiledExperiment(RoutingExperiment experiment, CompiledTarget[] targets)
    {
        (Name, IsShadow, When, Targets) = (experiment.Name, experiment.Shadow, new CompiledMatch(experiment.When), targets);
        _seed = StableHash.Of(experiment.Name, 0);
        _unitLabel = experiment.UnitLabel;
        var total = 0.0;
        _ends = [.. experiment.Arms.Select(arm => (int)Math.Round((total += arm.Share) * Parts))];
        Notes = [.. experiment.Arms.Select((arm, index) => Note(arm, targets[index]))];
        NoteOfRest = $"experiment '{Name}': the task is in none of its arms";
    }

    public string Name { get; }

    public bool IsShadow { get; }

    public CompiledMatch When { get; }

    public CompiledTarget[] Targets { get; }

    /// <summary>What an explanation says of a task in each arm.</summary>
    public string[] Notes { get; }

    /// <summary>What it says of a task in no arm.</summary>
    public string NoteOfRest { get; }

    /// <summary>The arm of a task, the same each time it is asked; <see cref="NoArm"/> for one that is left over.</summary>
    public int ArmOf(AgentTask task)
    {
        var unit = _unitLabel is not null && task.Labels.TryGetValue(_unitLabel, out var value) ? value : task.Id;
        var part = (int)(StableHash.Of(unit, _seed) % Parts);
        for (var arm = 0; arm < _ends.Length; arm++)
        {
            if (part < _ends[arm])
            {
                return arm;
            }
        }

        return NoArm;
    }

    private string Note(ExperimentArm arm, CompiledTarget target) => IsShadow
        ? $"experiment '{Name}': the task is in arm '{arm.Name}' ({target.Place}); only written down, as the experiment is a shadow"
        : $"experiment '{Name}': the task is in arm '{arm.Name}' ({target.Place})";
}
