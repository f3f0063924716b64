using System.CommandLine;
using Orchestrator.Cli.Output;
using Orchestrator.Queue;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchestrator queue</c>: the queues as a whole.</summary>
internal static class QueueCommand
{
    public static Command Create(GlobalOptions global) => new("queue", "Look at queues, pause and drain them, limit what runs.")
    {
        List(global),
        Stats(global),
        Pause(global, "pause", "Let no task of a queue start. What runs goes on; tasks may still be enqueued.", isPaused: true),
        Pause(global, "resume", "Let the tasks of a queue start again.", isPaused: false),
        Drain(global),
        QueueLimitCommand.Create(global),
    };

    private static Command List(GlobalOptions global) =>
        HostedCommand.Create<ITaskAdministration>(global, "list", "List every queue that has settings or tasks.", [], async (tasks, _, context, cancellationToken) =>
        {
            foreach (var queue in await tasks.GetQueuesAsync(cancellationToken))
            {
                context.Output.Write(new CliLine { Type = "queue", Queue = queue });
            }

            return ExitCodes.Success;
        });

    private static Command Stats(GlobalOptions global)
    {
        var queue = new Argument<string?>("queue") { Description = "The queue; all together when it is left out.", Arity = ArgumentArity.ZeroOrOne };
        return HostedCommand.Create<ITaskAdministration>(
            global, "stats", "Show how many tasks are in which state. Reads counters that the database keeps; never counts tasks.", [queue], async (tasks, parsed, context, cancellationToken) =>
            {
                var statistics = await tasks.GetStatisticsAsync(parsed.GetValue(queue), cancellationToken);
                context.Output.Write(new CliLine { Type = "statistics", Statistics = statistics });
                return ExitCodes.Success;
            });
    }

    private static Command Pause(GlobalOptions global, string name, string description, bool isPaused)
    {
        var (queue, create) = (Queue(), Create());
        return HostedCommand.Create<ITaskAdministration>(global, name, description, isPaused ? [queue, create] : [queue], async (tasks, parsed, context, cancellationToken) =>
        {
            var queueName = parsed.GetRequiredValue(queue);
            if (!(isPaused && parsed.GetValue(create)) && !await IsKnownAsync(tasks, queueName, context, cancellationToken))
            {
                return ExitCodes.Failed;
            }

            await tasks.PauseAsync(queueName, isPaused, cancellationToken);
            return Changes.Done(context, $"queue {queueName}: {(isPaused ? "paused" : "goes on")}.");
        });
    }

    private static Command Drain(GlobalOptions global)
    {
        var (queue, create) = (Queue(), Create());
        var patience = Duration.Option(
            "--patience", "How long tasks may take to end by themselves; then their workers give them back, and the attempt is not counted.", TimeSpan.FromSeconds(30));
        return HostedCommand.Create<ITaskAdministration>(
            global, "drain", "Pause a queue and wait until nothing of it runs. It stays paused: `queue resume` lets it go on.", [queue, patience, create], async (tasks, parsed, context, cancellationToken) =>
            {
                var queueName = parsed.GetRequiredValue(queue);
                if (!parsed.GetValue(create) && !await IsKnownAsync(tasks, queueName, context, cancellationToken))
                {
                    return ExitCodes.Failed;
                }

                await tasks.DrainAsync(queueName, parsed.GetValue(patience)!.Value, cancellationToken);
                return Changes.Done(context, $"queue {queueName}: nothing of it runs; it is paused.");
            });
    }

    private static Argument<string> Queue() => new("queue") { Description = "The queue." };

    private static Option<bool> Create() => new("--create") { Description = "Do so for a queue, too, that has no settings and no tasks yet." };

    // A misspelt name must not end with "paused" while the queue that was meant goes on.
    private static async Task<bool> IsKnownAsync(ITaskAdministration tasks, string queue, CliContext context, CancellationToken cancellationToken)
    {
        var known = (await tasks.GetQueuesAsync(cancellationToken)).Select(status => status.Settings.Queue).ToList();
        if (known.Contains(queue, StringComparer.Ordinal))
        {
            return true;
        }

        var names = known.Count == 0 ? "there is none yet" : $"known: {string.Join(", ", known)}";
        context.Output.Error($"There is no queue {queue}; {names}. Nothing was changed. `queue pause` and `queue drain` take one that is to come with --create.");
        return false;
    }
}
