using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Cli.Output;
using Orchestrator.Hosting;
using Orchestrator.Json;
using Orchestrator.Queue;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchestrator tasks</c>: what is in the queue, and changes to it.</summary>
internal static class TasksCommand
{
    public static Command Create(GlobalOptions global) => new("tasks", "Look at and change the tasks in the queue.")
    {
        List(global),
        Show(global),
        Change(global, "cancel", "Cancel a task: at once when it waits, at the next heartbeat when it runs.", (tasks, id, token) => tasks.CancelAsync(id, token)),
        Change(global, "retry", "Make a discarded or cancelled task available again; run it with `orchestrator work`.", (tasks, id, token) => tasks.RetryAsync(id, token)),
    };

    private static Command List(GlobalOptions global)
    {
        var state = new Option<string?>("--state-of") { Description = "Only tasks in this state: available, running, completed, discarded …", HelpName = "STATE" };
        var limit = new Option<int>("--limit") { Description = "At most so many, the newest first.", HelpName = "N", DefaultValueFactory = _ => 50 };
        var command = new Command("list", "List tasks, the newest first.") { state, limit };
        command.SetAction(global.Handle(async (parsed, context, cancellationToken) =>
        {
            await using var host = await CliHost.CreateAsync(context, repository: null, cancellationToken);
            var query = new TaskQuery { State = State(parsed.GetValue(state)), Limit = parsed.GetValue(limit) };
            var tasks = await host.Services.GetRequiredService<ITaskAdministration>().ListAsync(query, cancellationToken);
            foreach (var task in tasks)
            {
                context.Output.Write(new CliLine { Type = "task", Task = task });
            }

            return ExitCodes.Success;
        }));
        return command;
    }

    private static Command Show(GlobalOptions global)
    {
        var id = new Argument<string>("id") { Description = "The task." };
        var command = new Command("show", "Show one task and, when it has ended, its report.") { id };
        command.SetAction(global.Handle(async (parsed, context, cancellationToken) =>
        {
            await using var host = await CliHost.CreateAsync(context, repository: null, cancellationToken);
            var task = await host.Services.GetRequiredService<ITaskAdministration>().GetAsync(parsed.GetRequiredValue(id), cancellationToken);
            if (task is null)
            {
                return NotFound(context, parsed.GetRequiredValue(id));
            }

            context.Output.Write(new CliLine { Type = "task", Task = task });
            if (task is { IsFinished: true, Type: AgentTaskClient.TaskType })
            {
                var audit = await AuditTrail.FindAsync(host, task.Id, cancellationToken);
                context.Output.Write(new CliLine { Type = "result", Report = AgentTaskReports.Of(task), Audit = audit });
            }

            return ExitCodes.Success;
        }));
        return command;
    }

    private static Command Change(GlobalOptions global, string name, string description, Func<ITaskAdministration, string, CancellationToken, ValueTask<TaskChangeStatus>> change)
    {
        var id = new Argument<string>("id") { Description = "The task." };
        var command = new Command(name, description) { id };
        command.SetAction(global.Handle(async (parsed, context, cancellationToken) =>
        {
            var taskId = parsed.GetRequiredValue(id);
            await using var host = await CliHost.CreateAsync(context, repository: null, cancellationToken);
            var status = await change(host.Services.GetRequiredService<ITaskAdministration>(), taskId, cancellationToken);
            switch (status)
            {
                case TaskChangeStatus.NotFound:
                    return NotFound(context, taskId);
                case TaskChangeStatus.WrongState:
                    context.Output.Error($"Task {taskId} is in a state that does not allow '{name}'; see: orchestrator tasks show {taskId}");
                    return ExitCodes.Failed;
                default:
                    context.Output.Write(new CliLine { Type = "changed", Message = status == TaskChangeStatus.Requested ? $"{taskId}: its worker was asked to stop." : $"{taskId}: done." });
                    return ExitCodes.Success;
            }
        }));
        return command;
    }

    private static QueuedTaskState? State(string? name) => name is null ? null : EnumNames.Parse<QueuedTaskState>(name) switch
    {
        QueuedTaskState.Unknown => throw new ArgumentException($"'{name}' is not a state; known: {string.Join(", ", Enum.GetValues<QueuedTaskState>().Skip(1).Select(state => state.ToName()))}."),
        var state => state,
    };

    private static int NotFound(CliContext context, string taskId)
    {
        context.Output.Error($"There is no task {taskId}; see: orchestrator tasks list");
        return ExitCodes.Failed;
    }
}
