using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Cli.Output;
using Orchestrator.Hosting;
using Orchestrator.Queue;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchestrator tasks</c>: what is in the queue, and changes to it.</summary>
internal static class TasksCommand
{
    private const string SeeList = "orchestrator tasks list";

    public static Command Create(GlobalOptions global) => new("tasks", "Look at and change the tasks in the queue.")
    {
        List(global),
        Show(global),
        Change(global, "cancel", "Cancel a task: at once when it waits, at the next heartbeat when it runs.", (tasks, id, token) => tasks.CancelAsync(id, token)),
        Change(global, "retry", "Make a discarded or cancelled task available again; run it with `orchestrator work`.", (tasks, id, token) => tasks.RetryAsync(id, token)),
        Reprioritize(global),
        Log(global),
        Attempts(global),
        ExecutionsCommand.Create(global, Id(), SeeList),
        Explain(global),
    };

    private static Command List(GlobalOptions global)
    {
        var state = new Option<string?>("--state-of") { Description = "Only tasks in this state: available, running, completed, discarded …", HelpName = "STATE" };
        var filter = new TaskFilter(limit: 50);
        return HostedCommand.Create<ITaskAdministration>(global, "list", "List tasks, the newest first.", [state, .. filter.Options], async (tasks, parsed, context, cancellationToken) =>
        {
            var query = filter.Read(parsed, TaskFilter.State(parsed.GetValue(state)));
            foreach (var task in await tasks.ListAsync(query, cancellationToken))
            {
                context.Output.Write(new CliLine { Type = "task", Task = task });
            }

            return ExitCodes.Success;
        });
    }

    private static Command Show(GlobalOptions global)
    {
        var id = Id();
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
        var id = Id();
        return HostedCommand.Create<ITaskAdministration>(global, name, description, [id], async (tasks, parsed, context, cancellationToken) =>
        {
            var taskId = parsed.GetRequiredValue(id);
            return Changes.Report(context, await change(tasks, taskId, cancellationToken), $"task {taskId}", SeeList);
        });
    }

    private static Command Reprioritize(GlobalOptions global)
    {
        var (id, priority) = (Id(), new Argument<int>("priority") { Description = "Higher runs first, from -100 to 100." });
        return HostedCommand.Create<ITaskAdministration>(global, "reprioritize", "Give a task that has not ended another priority.", [id, priority], async (tasks, parsed, context, cancellationToken) =>
        {
            var taskId = parsed.GetRequiredValue(id);
            return Changes.Report(context, await tasks.ReprioritizeAsync(taskId, parsed.GetValue(priority), cancellationToken), $"task {taskId}", SeeList);
        });
    }

    private static Command Log(GlobalOptions global)
    {
        var id = Id();
        var after = new Option<long>("--after") { Description = "Only lines after this sequence.", HelpName = "N" };
        var limit = new Option<int>("--limit") { Description = "At most so many, from 1 to 10000.", HelpName = "N", DefaultValueFactory = _ => 1000 };
        return Details(global, "log", "Show what handlers wrote about a task, the oldest line first.", [id, after, limit], id, async (tasks, parsed, cancellationToken) =>
            (await tasks.GetLogAsync(parsed.GetRequiredValue(id), parsed.GetValue(after), parsed.GetValue(limit), cancellationToken)).Select(line => new CliLine { Type = "log_line", LogLine = line }));
    }

    private static Command Attempts(GlobalOptions global)
    {
        var id = Id();
        return Details(global, "attempts", "Show who worked on a task, when, and how each attempt ended.", [id], id, async (tasks, parsed, cancellationToken) =>
            (await tasks.GetAttemptsAsync(parsed.GetRequiredValue(id), cancellationToken)).Select(attempt => new CliLine { Type = "attempt", Attempt = attempt }));
    }

    private static Command Explain(GlobalOptions global)
    {
        var id = Id();
        return Details(global, "explain", "Show why a task does not run right now: everything that stands in its way.", [id], id, async (tasks, parsed, cancellationToken) =>
            (await tasks.ExplainAsync(parsed.GetRequiredValue(id), cancellationToken)).Select(wait => new CliLine { Type = "wait", Wait = wait }));
    }

    private static Command Details(
        GlobalOptions global, string name, string description, Symbol[] symbols, Argument<string> id, Func<ITaskAdministration, ParseResult, CancellationToken, Task<IEnumerable<CliLine>>> read) =>
        HostedCommand.Create<ITaskAdministration>(global, name, description, symbols, async (tasks, parsed, context, cancellationToken) =>
        {
            var taskId = parsed.GetRequiredValue(id);
            if (await tasks.GetAsync(taskId, cancellationToken) is null)
            {
                return NotFound(context, taskId);
            }

            foreach (var line in await read(tasks, parsed, cancellationToken))
            {
                context.Output.Write(line);
            }

            return ExitCodes.Success;
        });

    private static Argument<string> Id() => new("id") { Description = "The task." };

    private static int NotFound(CliContext context, string taskId) => Changes.NotFound(context, $"task {taskId}", SeeList);
}
