using System.CommandLine;
using Orchestrator.Cli.Output;
using Orchestrator.Json;

namespace Orchestrator.Cli.Patches;

/// <summary><c>orchestrator patch parse</c>.</summary>
internal static class ParsePatchCommand
{
    public static Command Create(GlobalOptions global)
    {
        var symbols = new PatchSymbols();
        var command = new Command("parse", "Read a patch and show it as a patch set in JSON. Opens no file of the tree.") { symbols.File, symbols.Format, symbols.Policy };
        command.SetAction(global.Handle(async (parsed, context, cancellationToken) =>
        {
            await using var session = PatchSession.Look(symbols, parsed);
            var read = symbols.Parse(parsed, session.Manager, await symbols.ReadAsync(parsed, session.Options, cancellationToken));
            if (read.Patch is not { } patch)
            {
                return PatchResults.Refuse(context, read.Error!);
            }

            context.Output.Write(new CliLine { Type = "patch_set", PatchSet = patch, Message = OrchestratorJson.Write(patch, OrchestratorJsonContext.Default.PatchSet) });
            return ExitCodes.Success;
        }));
        return command;
    }
}
