using System.CommandLine;
using Orchestrator.Patching;

namespace Orchestrator.Cli.Patches;

/// <summary><c>orchestrator patch check</c>.</summary>
internal static class CheckPatchCommand
{
    public static Command Create(GlobalOptions global)
    {
        var symbols = new PatchSymbols();
        var command = new Command("check", "Find out what applying would do, and show it as a diff. Writes nothing.")
        {
            symbols.File, symbols.Root, symbols.Format, symbols.Base, symbols.Policy,
        };
        command.SetAction(global.Handle(async (parsed, context, cancellationToken) =>
        {
            var root = symbols.RootOf(parsed);
            await using var session = PatchSession.Look(symbols, parsed);
            var read = symbols.Parse(parsed, session.Manager, await symbols.ReadAsync(parsed, session.Options, cancellationToken));
            if (read.Patch is not { } patch)
            {
                return PatchResults.Refuse(context, read.Error!);
            }

            var request = new PatchRequest
            {
                Id = "check",
                Root = root,
                Patch = patch,
                Base = await PatchSession.BaseAsync(parsed.GetValue(symbols.Base), root, patch, cancellationToken),
            };
            return await PatchResults.TellAsync(context, async () =>
            {
                var plan = await session.Manager.PlanAsync(request, cancellationToken);
                return new PatchResult(plan.Outcome, plan.Files, plan.Conflicts) { IsDryRun = true, Diff = plan.Diff };
            });
        }));
        return command;
    }
}
