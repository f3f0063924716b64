using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Auditing;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchestrator audit</c>: the trail of everything that was done, and the proof that nobody changed it.</summary>
internal static class AuditCommand
{
    public static Command Create(GlobalOptions global) => new("audit", "Read and verify the audit trail.") { List(global), Verify(global) };

    private static Command List(GlobalOptions global)
    {
        var task = new Option<string?>("--task") { Description = "Only entries of this task.", HelpName = "ID" };
        var after = new Option<long>("--after") { Description = "Only entries after this sequence.", HelpName = "N" };
        var command = new Command("list", "List audit entries in their order.") { task, after };
        command.SetAction(global.Handle(async (parsed, context, cancellationToken) =>
        {
            await using var host = await CliHost.CreateAsync(context, repository: null, cancellationToken);
            var query = new OperationQuery { TaskId = parsed.GetValue(task), After = parsed.GetValue(after) };
            await foreach (var entry in host.Services.GetRequiredService<IOperationLog>().ReadAsync(query, cancellationToken))
            {
                context.Output.Write(new CliLine { Type = "entry", Entry = entry });
            }

            return ExitCodes.Success;
        }));
        return command;
    }

    private static Command Verify(GlobalOptions global)
    {
        var command = new Command("verify", "Check the whole chain. Exit code 1 when an entry was changed, removed, inserted or moved.");
        command.SetAction(global.Handle(async (_, context, cancellationToken) =>
        {
            await using var host = await CliHost.CreateAsync(context, repository: null, cancellationToken);
            var chain = await host.Services.GetRequiredService<IOperationLog>().VerifyAsync(cancellationToken);
            var words = chain.IsIntact ? $"Intact: {chain.Entries} entries." : $"Broken at entry {chain.FirstBadSequence}: {chain.Message}";
            context.Output.Write(new CliLine { Type = "chain", Chain = chain, Message = words });
            return chain.IsIntact ? ExitCodes.Success : ExitCodes.Failed;
        }));
        return command;
    }
}
