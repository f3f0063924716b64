using System.CommandLine;
using Orchestrator.Patching;

namespace Orchestrator.Cli.Patches;

/// <summary><c>orchestrator patch undo</c>.</summary>
internal static class UndoPatchCommand
{
    public static Command Create(GlobalOptions global)
    {
        var symbols = new PatchSymbols();
        var id = new Option<string?>("--id") { Description = "The application to take back, as 'apply' told it, instead of the last one of FILE.", HelpName = "ID" };
        symbols.File.Arity = ArgumentArity.ZeroOrOne;
        var command = new Command("undo", "Take an applied patch back, byte for byte. Files that somebody changed since are left alone and told.") { symbols.File, id, symbols.Root, symbols.Policy };
        command.SetAction(global.Handle(async (parsed, context, cancellationToken) =>
        {
            var root = symbols.RootOf(parsed);
            if (parsed.GetValue(id) is null == parsed.GetValue(symbols.File) is null)
            {
                throw new ArgumentException("Name either the patch or --id.");
            }

            await using var session = await PatchSession.WriteAsync(symbols, parsed, context, cancellationToken);
            return await PatchResults.TellAsync(context, async () =>
            {
                var known = await session.Manager.RecoverAsync(root, cancellationToken);
                var stem = parsed.GetValue(id) is null ? ApplyPatchCommand.IdStem(await symbols.ReadAsync(parsed, session.Options, cancellationToken)) : null;
                var application = parsed.GetValue(id)
                    ?? known.Where(one => one.Outcome == PatchOutcome.Applied && one.Id.StartsWith(stem!, StringComparison.Ordinal)).MaxBy(static one => one.Id, StringComparer.Ordinal)?.Id;
                if (application is null)
                {
                    return new PatchResult(PatchOutcome.NotFound, [], [NotThere(root)]);
                }

                var reverted = await session.Manager.RevertAsync(root, application, cancellationToken);
                return new PatchResult(reverted.Outcome, reverted.Files, reverted.Outcome == PatchOutcome.NotFound ? [NotThere(root)] : reverted.Conflicts) { Application = reverted.Id };
            });
        }));
        return command;
    }

    private static PatchConflict NotThere(string root) =>
        new() { Code = PatchConflictCode.Unknown, Message = $"Nothing of this patch that could be taken back is recorded for '{root}'." };
}
