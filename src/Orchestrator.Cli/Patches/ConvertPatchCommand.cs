using System.CommandLine;
using Orchestrator.Cli.Output;
using Orchestrator.Patching;

namespace Orchestrator.Cli.Patches;

/// <summary><c>orchestrator patch convert</c>.</summary>
internal static class ConvertPatchCommand
{
    public static Command Create(GlobalOptions global)
    {
        var symbols = new PatchSymbols();
        var to = new Option<string>("--to") { Description = "The form to write.", HelpName = "NAME", DefaultValueFactory = static _ => "unified_diff" };
        var command = new Command("convert", "Write what a patch does to a directory in another form. Writes no file of the tree.") { symbols.File, to, symbols.Root, symbols.Format, symbols.Policy };
        command.SetAction(global.Handle(async (parsed, context, cancellationToken) =>
        {
            var (root, format) = (symbols.RootOf(parsed), PatchSymbols.FormatOf(parsed.GetValue(to)!));
            await using var session = PatchSession.Look(symbols, parsed);
            var read = symbols.Parse(parsed, session.Manager, await symbols.ReadAsync(parsed, session.Options, cancellationToken));
            if (read.Patch is not { } patch)
            {
                return PatchResults.Refuse(context, read.Error!);
            }

            return await PatchResults.GuardAsync(context, async () =>
            {
                var plan = await session.Manager.PlanAsync(new PatchRequest { Id = "convert", Root = root, Patch = patch }, cancellationToken);
                if (plan.Outcome != PatchOutcome.Applied)
                {
                    return PatchResults.Tell(context, new PatchResult(plan.Outcome, plan.Files, plan.Conflicts) { IsDryRun = true });
                }

                var text = await session.Manager.FormatAsync(patch, root, format, cancellationToken);
                context.Output.Write(new CliLine { Type = "converted", Content = text, Message = text.ToString() });
                return ExitCodes.Success;
            });
        }));
        return command;
    }
}
