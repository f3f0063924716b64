namespace Orchestrator.Queue.Plans;

/// <summary>What must be right about a plan before it is added. Every error names the tasks.</summary>
internal static class PlanChecks
{
    /// <summary>How many dependencies all tasks of a plan may have together.</summary>
    public const int MaxDependencies = 200_000;

    /// <exception cref="ArgumentException">The plan cannot be added.</exception>
    public static void Check(TaskPlan plan)
    {
        if (plan.Tasks.Count is 0 or > TaskPlan.MaxTasks)
        {
            throw Wrong(plan, plan.Tasks.Count == 0 ? "has no tasks" : $"has {plan.Tasks.Count} tasks; the limit is {TaskPlan.MaxTasks}");
        }

        var tasks = new Dictionary<string, PlanTask>(StringComparer.Ordinal);
        foreach (var task in plan.Tasks)
        {
            if (!tasks.TryAdd(task.Task.Id, task))
            {
                throw Wrong(plan, $"has two tasks '{task.Task.Id}'");
            }
        }

        CheckDependencies(plan, tasks);
        if (Cycle(plan, tasks) is { } cycle)
        {
            throw Wrong(plan, $"has a cycle: {string.Join(" -> ", cycle)}");
        }
    }

    private static void CheckDependencies(TaskPlan plan, Dictionary<string, PlanTask> tasks)
    {
        var count = plan.Tasks.Sum(task => (long)task.DependsOn.Count);
        if (count > MaxDependencies)
        {
            throw Wrong(plan, $"has {count} dependencies; the limit is {MaxDependencies}");
        }

        foreach (var task in plan.Tasks)
        {
            if (task.DependsOn.FirstOrDefault(id => !tasks.ContainsKey(id)) is { } unknown)
            {
                throw Wrong(plan, $"lets '{task.Task.Id}' depend on '{unknown}', which is not in it");
            }

            if (task.DependsOn.Count == 0 && task.Condition is (PlanCondition.AnyFailed or PlanCondition.AnySucceeded))
            {
                throw Wrong(plan, $"lets '{task.Task.Id}' wait for any of its dependencies, but it has none");
            }

            if (task.IsGate && task.Task.Assignment is { IsAnyone: false })
            {
                throw Wrong(plan, $"assigns the gate '{task.Task.Id}' to a worker; a person decides it");
            }
        }
    }

    // Depth first without recursion: a chain may be as long as a plan.
    private static List<string>? Cycle(TaskPlan plan, Dictionary<string, PlanTask> tasks)
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        var onPath = new HashSet<string>(StringComparer.Ordinal);
        var path = new Stack<(string Id, int Next)>();
        foreach (var start in plan.Tasks.Where(task => !done.Contains(task.Task.Id)))
        {
            Enter(start.Task.Id);
            while (path.TryPop(out var step))
            {
                var dependencies = tasks[step.Id].DependsOn;
                if (step.Next == dependencies.Count)
                {
                    onPath.Remove(step.Id);
                    done.Add(step.Id);
                    continue;
                }

                path.Push((step.Id, step.Next + 1));
                var dependency = dependencies[step.Next];
                if (onPath.Contains(dependency))
                {
                    return [.. path.Select(part => part.Id).TakeWhile(id => id != dependency).Append(dependency).Reverse(), dependency];
                }

                if (!done.Contains(dependency))
                {
                    Enter(dependency);
                }
            }
        }

        return null;

        void Enter(string id)
        {
            path.Push((id, 0));
            onPath.Add(id);
        }
    }

    private static ArgumentException Wrong(TaskPlan plan, string problem) => new($"Plan '{plan.Id}' {problem}.", nameof(plan));
}
