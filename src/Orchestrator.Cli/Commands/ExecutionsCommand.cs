using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Cli.Output;
using Orchestrator.Executions;
using Orchestrator.Queue;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchestrator tasks executions</c>: which agents worked on a task, and what each of them said and did.</summary>
internal static class ExecutionsCommand
{
    public static Command Create(GlobalOptions global, Argument<string> id, string seeList)
    {
        var events = new Option<bool>("--events") { Description = "Also what each said and did, as far as it was kept." };
        var command = new Command("executions", "Show which agents worked on a task, how each ended, and what it took and cost, the oldest first.") { id, events };
        command.SetAction(global.Handle(async (parsed, context, cancellationToken) =>
        {
            await using var host = await CliHost.OpenAsync(context, DatabaseDemand.None, cancellationToken);
            var taskId = parsed.GetRequiredValue(id);
            if (await host.Services.GetRequiredService<ITaskAdministration>().GetAsync(taskId, cancellationToken) is null)
            {
                return Changes.NotFound(context, $"task {taskId}", seeList);
            }

            var log = host.Services.GetRequiredService<IExecutionLog>();
            foreach (var execution in await log.ListAsync(taskId, cancellationToken))
            {
                context.Output.Write(new CliLine { Type = "execution", Execution = execution });
                if (parsed.GetValue(events))
                {
                    await WriteEventsAsync(context, log, execution.Id, cancellationToken);
                }
            }

            return ExitCodes.Success;
        }));
        return command;
    }

    private static async Task WriteEventsAsync(CliContext context, IExecutionLog log, string executionId, CancellationToken cancellationToken)
    {
        if (await log.ListEventsAsync(executionId, cancellationToken) is not { } kept)
        {
            return;
        }

        foreach (var happened in kept.Events)
        {
            context.Output.Write(new CliLine { Type = "execution_event", ExecutionEvent = new ExecutionEventLine(executionId, happened) });
        }

        if (kept.Omitted > 0)
        {
            context.Output.Write(new CliLine { Type = "omitted", Omitted = kept.Omitted, Message = $"{kept.Omitted} events between the first and the newest were not kept." });
        }
    }
}
