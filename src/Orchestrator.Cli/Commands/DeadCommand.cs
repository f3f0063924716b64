using System.CommandLine;
using Orchestrator.Cli.Output;
using Orchestrator.Queue;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchestrator dead</c>: the tasks that were given up.</summary>
internal static class DeadCommand
{
    private const int MostAtOnce = 1000;

    public static Command Create(GlobalOptions global) => new("dead", "Look at the tasks that were given up (dead letters), run them again, or delete them.")
    {
        List(global),
        Change(global, "replay", "Make dead tasks available again, the oldest first; attempts count from zero. Exit code 1 when some are left.", new DeadChange(
            "their deduplication key is taken",
            (tasks, id, cancellationToken) => tasks.RetryAsync(id, cancellationToken),
            (tasks, query, _, cancellationToken) => tasks.RetryAsync(query, cancellationToken))),
        Change(global, "discard", "Delete dead tasks with all that is known of them, but for the audit trail. Exit code 1 when some are left.", new DeadChange(
            "tasks of their plan that have not completed need them",
            (tasks, id, cancellationToken) => tasks.DeleteAsync(id, cancellationToken),
            (tasks, _, found, cancellationToken) => EachAsync(found, id => tasks.DeleteAsync(id, cancellationToken)))),
    };

    private static Command List(GlobalOptions global)
    {
        var filter = new TaskFilter(limit: 50);
        return HostedCommand.Create<ITaskAdministration>(global, "list", "List dead tasks with their reasons, the newest first.", filter.Options, async (tasks, parsed, context, cancellationToken) =>
        {
            foreach (var task in await tasks.ListAsync(filter.Read(parsed, QueuedTaskState.Discarded), cancellationToken))
            {
                context.Output.Write(new CliLine { Type = "task", Task = task });
            }

            return ExitCodes.Success;
        });
    }

    private static Command Change(GlobalOptions global, string name, string description, DeadChange change)
    {
        var ids = new Argument<string[]>("ids") { Description = "The tasks; none when a filter says which.", Arity = ArgumentArity.ZeroOrMore };
        var all = new Option<bool>("--all") { Description = "All dead tasks, up to the limit." };
        var filter = new TaskFilter(MostAtOnce);
        return HostedCommand.Create<ITaskAdministration>(global, name, description, [ids, all, .. filter.Options], async (tasks, parsed, context, cancellationToken) =>
        {
            var named = parsed.GetValue(ids) ?? [];
            var isFiltered = parsed.GetValue(all) || filter.IsGiven(parsed);
            if (named.Length > 0 == isFiltered)
            {
                throw new ArgumentException("Say which dead tasks: their ids, or a filter such as --queue, --type or --failure, or --all; not both.");
            }

            if (!isFiltered)
            {
                return Report(context, change, [.. named.Distinct(StringComparer.Ordinal)], await NamedAsync(tasks, named, change, cancellationToken), mayBeMore: false);
            }

            var query = filter.Read(parsed, QueuedTaskState.Discarded);
            var found = (await tasks.ListAsync(query, cancellationToken)).Select(task => task.Id).Reverse().ToValueList(); // Listed newest first.
            var changed = await change.Found(tasks, query, found, cancellationToken);
            return Report(context, change, [.. found.Union(changed)], changed, mayBeMore: found.Count == query.Limit);
        });
    }

    private static int Report(CliContext context, DeadChange change, List<string> asked, ValueList<string> changed, bool mayBeMore)
    {
        foreach (var id in changed)
        {
            context.Output.Write(new CliLine { Type = "changed", Message = id });
        }

        var left = asked.Except(changed).ToList();
        var more = !mayBeMore ? "" : changed.Count > 0 ? " There may be more: run it again." : " There may be more; these stand in the way.";
        if (left.Count == 0)
        {
            return Changes.Done(context, $"{asked.Count} tasks: {changed.Count} done, none left.{more}");
        }

        context.Output.Error($"{asked.Count} tasks: {changed.Count} done, {left.Count} left, as they are not dead, or {change.Reason}; see: orchestrator tasks show.{more}", left);
        return ExitCodes.Failed;
    }

    private static async ValueTask<ValueList<string>> NamedAsync(ITaskAdministration tasks, IEnumerable<string> ids, DeadChange change, CancellationToken cancellationToken)
    {
        var dead = new List<string>();
        foreach (var id in ids.Distinct(StringComparer.Ordinal))
        {
            if (await tasks.GetAsync(id, cancellationToken) is { State: QueuedTaskState.Discarded })
            {
                dead.Add(id);
            }
        }

        return await EachAsync(dead, id => change.One(tasks, id, cancellationToken));
    }

    // In as many rounds as it takes: in a plan, what depends on a task must be deleted before it.
    private static async ValueTask<ValueList<string>> EachAsync(IEnumerable<string> ids, Func<string, ValueTask<TaskChangeStatus>> change)
    {
        var (changed, left, before) = (new List<string>(), new List<string>(ids), -1);
        while (changed.Count > before && left.Count > 0)
        {
            before = changed.Count;
            foreach (var id in left.ToArray())
            {
                if (await change(id) == TaskChangeStatus.Changed)
                {
                    changed.Add(id);
                    left.Remove(id);
                }
            }
        }

        return [.. changed];
    }

    /// <summary>What is done to dead tasks.</summary>
    /// <param name="Reason">Why a dead task may be left.</param>
    /// <param name="One">Does it to one task.</param>
    /// <param name="Found">Does it to all that a filter finds; gives those that were changed.</param>
    private sealed record DeadChange(
        string Reason,
        Func<ITaskAdministration, string, CancellationToken, ValueTask<TaskChangeStatus>> One,
        Func<ITaskAdministration, TaskQuery, ValueList<string>, CancellationToken, ValueTask<ValueList<string>>> Found);
}
