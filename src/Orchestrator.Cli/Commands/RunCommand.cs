using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Cli.Output;
using Orchestrator.Hosting;
using Orchestrator.Queue;
using Orchestrator.Tasks;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchestrator run</c>: one task from start to end.</summary>
internal static class RunCommand
{
    public static Command Create(GlobalOptions global)
    {
        var command = new Command("run", "Run one task on a repository: route, execute in a workspace of its own, apply all-or-nothing, verify, and restore when verification fails. "
            + "Exit codes: 0 applied and verified, 1 failed and nothing changed, 2 wrong usage or configuration, 3 applied but not verified, 130 interrupted.");
        var options = new TaskOptions();
        options.AddTo(command);
        var container = new Option<string?>("--container") { Description = "The pool of containers that agents and verify commands run in, of those in the configuration (containers:pools).", HelpName = "POOL" };
        command.Options.Add(container);
        command.SetAction(global.Handle((parsed, context, cancellationToken) =>
            RunAsync(context, options.Read(parsed, context.Time.GetUtcNow()) with { ContainerPool = parsed.GetValue(container) }, cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(CliContext context, AgentTask task, CancellationToken cancellationToken)
    {
        var pool = task.ContainerPool ?? CliHost.ConfiguredPool;
        await using var host = await CliHost.CreateAsync(context, ((LocalSource)task.Source).Path, cancellationToken, options => options.OnlyTaskId = task.Id, pool);
        var client = host.Services.GetRequiredService<AgentTaskClient>();
        await client.EnqueueAsync(task, cancellationToken);
        try
        {
            await host.StartAsync(cancellationToken);
        }
        catch
        {
            // Nobody waits for the task any more: a later `work` must not run it.
            await host.Services.GetRequiredService<ITaskAdministration>().CancelAsync(task.Id, CancellationToken.None);
            throw;
        }

        var report = await WaitAsync(host, client, task.Id, cancellationToken);
        var exitCode = report.Status switch
        {
            AgentTaskStatus.Verified => ExitCodes.Success,
            AgentTaskStatus.Unverified => ExitCodes.Unverified,
            AgentTaskStatus.Cancelled => ExitCodes.Cancelled,
            _ => ExitCodes.Failed,
        };
        var audit = await AuditTrail.FindAsync(host, task.Id, CancellationToken.None);
        context.Output.Write(new CliLine { Type = "result", Report = report, Audit = audit, ExitCode = exitCode });
        return exitCode;
    }

    /// <summary>Waits for the report; an interrupt cancels the task and waits until the tree is as it was.</summary>
    private static async Task<AgentTaskReport> WaitAsync(CliHost host, AgentTaskClient client, string taskId, CancellationToken cancellationToken)
    {
        try
        {
            return (await client.WaitAsync(taskId, cancellationToken))!;
        }
        catch (OperationCanceledException)
        {
            await host.Services.GetRequiredService<ITaskAdministration>().CancelAsync(taskId, CancellationToken.None);
            return (await client.WaitAsync(taskId, CancellationToken.None))!;
        }
    }
}
