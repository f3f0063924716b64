using System.CommandLine;
using Orchestrator.Patching;

namespace Orchestrator.Cli.Patches;

/// <summary><c>orchestrator patch recover</c>.</summary>
internal static class RecoverPatchCommand
{
    public static Command Create(GlobalOptions global)
    {
        var symbols = new PatchSymbols();
        var command = new Command("recover", "Finish or take back what a crash interrupted. Exit code 3 when somebody else changed a file meanwhile, which is then left alone.") { symbols.Root, symbols.Policy };
        command.SetAction(global.Handle(async (parsed, context, cancellationToken) =>
        {
            var root = symbols.RootOf(parsed);
            await using var session = await PatchSession.WriteAsync(symbols, parsed, context, cancellationToken);
            return await PatchResults.TellAsync(context, async () =>
            {
                var known = await session.Manager.RecoverAsync(root, cancellationToken);
                var conflicts = known.Where(static one => one.Outcome == PatchOutcome.Conflicted).SelectMany(static one => one.Conflicts).ToValueList();
                return new PatchResult(conflicts.Count > 0 ? PatchOutcome.Conflicted : PatchOutcome.Applied, [], conflicts)
                {
                    Message = $"{known.Count} applications are recorded; nothing is left half done.",
                };
            });
        }));
        return command;
    }
}
