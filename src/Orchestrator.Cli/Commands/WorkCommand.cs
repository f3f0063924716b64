using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Cli.Output;
using Orchestrator.Queue;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchestrator work</c>: runs what is in the queue, such as tasks that a crash interrupted and tasks that repair others.</summary>
internal static class WorkCommand
{
    public static Command Create(GlobalOptions global)
    {
        var drain = new Option<bool>("--drain") { Description = "End when nothing waits or runs any more." };
        var concurrency = new Option<int>("--concurrency") { Description = "How many tasks at the same time, from 1 to 64.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var repository = new Option<string?>("--repo") { Description = "The repository whose orchestrator.json is read.", HelpName = "DIR" };
        var command = new Command("work", "Run a worker on the queue until it is interrupted.") { drain, concurrency, repository };
        command.SetAction(global.Handle(async (parsed, context, cancellationToken) =>
        {
            await using var host = await CliHost.CreateAsync(context, parsed.GetValue(repository), cancellationToken, options => options.Concurrency = parsed.GetValue(concurrency), CliHost.ConfiguredPool);
            await host.StartAsync(cancellationToken);
            if (parsed.GetValue(drain))
            {
                return await DrainAsync(context, host, cancellationToken);
            }

            await Task.Delay(Timeout.InfiniteTimeSpan, host.Time, cancellationToken);
            return ExitCodes.Success;
        }));
        return command;
    }

    private static async Task<int> DrainAsync(CliContext context, CliHost host, CancellationToken cancellationToken)
    {
        var tasks = host.Services.GetRequiredService<ITaskAdministration>();
        while (await tasks.GetStatisticsAsync(TaskSubmission.DefaultQueue, cancellationToken) is var counts
            && counts.Available + counts.Running + counts.Retryable + counts.Scheduled > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), host.Time, cancellationToken);
        }

        context.Output.Write(new CliLine { Type = "drained", Message = "Nothing waits or runs any more." });
        return ExitCodes.Success;
    }
}
