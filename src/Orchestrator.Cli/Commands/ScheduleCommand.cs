using System.CommandLine;
using Orchestrator.Cli.Output;
using Orchestrator.Queue.Schedules;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchestrator schedule</c>: tasks that come back.</summary>
internal static class ScheduleCommand
{
    private const string SeeList = "orchestrator schedule list";

    public static Command Create(GlobalOptions global) => new("schedule", "Look at and change schedules. They enqueue while `orchestrator work` or another host runs.")
    {
        List(global),
        Show(global),
        Put(global),
        Pause(global, "pause", "Let a schedule enqueue nothing for now; times that pass meanwhile are not made up for.", isPaused: true),
        Pause(global, "resume", "Let a schedule go on with its next time.", isPaused: false),
        Remove(global),
    };

    private static Command List(GlobalOptions global) =>
        HostedCommand.Create<ITaskSchedules>(global, "list", "List schedules with their next times.", [], async (schedules, _, context, cancellationToken) =>
        {
            foreach (var schedule in await schedules.ListAsync(cancellationToken))
            {
                Write(context, schedule);
            }

            return ExitCodes.Success;
        });

    private static Command Show(GlobalOptions global)
    {
        var id = Id();
        return HostedCommand.Create<ITaskSchedules>(global, "show", "Show a schedule.", [id], async (schedules, parsed, context, cancellationToken) =>
        {
            if (await schedules.GetAsync(parsed.GetRequiredValue(id), cancellationToken) is not { } schedule)
            {
                return NotFound(context, parsed.GetRequiredValue(id));
            }

            Write(context, schedule);
            return ExitCodes.Success;
        });
    }

    private static Command Put(GlobalOptions global)
    {
        var id = Id();
        var options = new ScheduleOptions();
        return HostedCommand.Create<ITaskSchedules>(
            global, "put", "Add a schedule, or replace the one of the same id. Give --cron or --interval.", [id, .. options.All], async (schedules, parsed, context, cancellationToken) =>
            {
                Write(context, await schedules.PutAsync(options.Read(parsed, parsed.GetRequiredValue(id)), cancellationToken));
                return ExitCodes.Success;
            });
    }

    private static Command Pause(GlobalOptions global, string name, string description, bool isPaused)
    {
        var id = Id();
        return HostedCommand.Create<ITaskSchedules>(global, name, description, [id], async (schedules, parsed, context, cancellationToken) =>
        {
            if (await schedules.GetAsync(parsed.GetRequiredValue(id), cancellationToken) is not { } status)
            {
                return NotFound(context, parsed.GetRequiredValue(id));
            }

            Write(context, await schedules.PutAsync(status.Schedule with { IsPaused = isPaused }, cancellationToken));
            return ExitCodes.Success;
        });
    }

    private static Command Remove(GlobalOptions global)
    {
        var id = Id();
        return HostedCommand.Create<ITaskSchedules>(global, "remove", "Remove a schedule; tasks that it enqueued stay.", [id], async (schedules, parsed, context, cancellationToken) =>
            await schedules.RemoveAsync(parsed.GetRequiredValue(id), cancellationToken)
                ? Changes.Done(context, $"schedule {parsed.GetRequiredValue(id)}: removed.")
                : NotFound(context, parsed.GetRequiredValue(id)));
    }

    private static Argument<string> Id() => new("id") { Description = "The schedule." };

    private static void Write(CliContext context, ScheduleStatus schedule) => context.Output.Write(new CliLine { Type = "schedule", Schedule = schedule });

    private static int NotFound(CliContext context, string id) => Changes.NotFound(context, $"schedule {id}", SeeList);
}
