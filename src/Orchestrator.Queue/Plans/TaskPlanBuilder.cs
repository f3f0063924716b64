namespace Orchestrator.Queue.Plans;

/// <summary>Writes down a plan task by task.</summary>
/// <remarks>Not thread-safe. Whether the plan holds together is checked when it is added, see <see cref="ITaskPlans.AddAsync"/>.</remarks>
public sealed class TaskPlanBuilder
{
    private readonly string _id;
    private readonly string _title;
    private readonly List<PlanTask> _tasks = [];

    /// <summary>Begins a plan.</summary>
    /// <param name="id">The plan's identity; the caller chooses it.</param>
    /// <param name="title">What it is for, for people.</param>
    /// <exception cref="ArgumentException"><paramref name="id"/> is no name.</exception>
    public TaskPlanBuilder(string id, string title = "")
    {
        if (!Identifiers.IsName(id))
        {
            throw new ArgumentException($"A plan's id is 1 to {Identifiers.MaxLength} ASCII letters, digits, '.', '_' or '-'.", nameof(id));
        }

        ArgumentNullException.ThrowIfNull(title);
        _id = id;
        _title = title;
    }

    /// <summary>Adds a task that runs when all that it depends on is completed.</summary>
    /// <param name="task">The task.</param>
    /// <param name="dependsOn">The ids of the tasks of this plan that must end first.</param>
    /// <returns>The same builder.</returns>
    public TaskPlanBuilder Add(TaskSubmission task, params IEnumerable<string> dependsOn) => Add(task, PlanCondition.AllSucceeded, dependsOn);

    /// <summary>Adds a task that runs when what it depends on ended in a certain way.</summary>
    /// <param name="task">The task.</param>
    /// <param name="condition">How the others must end.</param>
    /// <param name="dependsOn">The ids of the tasks of this plan that must end first.</param>
    /// <returns>The same builder.</returns>
    public TaskPlanBuilder Add(TaskSubmission task, PlanCondition condition, params IEnumerable<string> dependsOn)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(dependsOn);
        _tasks.Add(new PlanTask { Task = task, Condition = condition, DependsOn = [.. dependsOn] });
        return this;
    }

    /// <summary>Adds a gate: a person decides it when all that it depends on is completed, see <see cref="ITaskPlans.DecideAsync"/>.</summary>
    /// <param name="gate">The gate; its type and payload tell people what they decide.</param>
    /// <param name="dependsOn">The ids of the tasks of this plan that must end first.</param>
    /// <returns>The same builder.</returns>
    public TaskPlanBuilder AddGate(TaskSubmission gate, params IEnumerable<string> dependsOn)
    {
        ArgumentNullException.ThrowIfNull(gate);
        ArgumentNullException.ThrowIfNull(dependsOn);
        _tasks.Add(new PlanTask { Task = gate, DependsOn = [.. dependsOn], IsGate = true });
        return this;
    }

    /// <summary>The plan with the tasks so far.</summary>
    /// <returns>The plan.</returns>
    public TaskPlan Build() => new() { Id = _id, Title = _title, Tasks = [.. _tasks] };
}
