using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using Orchestrator.Patching;

namespace Orchestrator.Cli.Patches;

/// <summary><c>orchestrator patch apply</c>.</summary>
internal static class ApplyPatchCommand
{
    private const int HashDigits = 16;

    public static Command Create(GlobalOptions global)
    {
        var symbols = new PatchSymbols();
        var command = new Command("apply", "Apply a patch to a directory: all of it, or nothing. What a crash left there before is finished or taken back first.")
        {
            symbols.File, symbols.Root, symbols.Format, symbols.Base, symbols.Policy,
        };
        command.SetAction(global.Handle(async (parsed, context, cancellationToken) =>
        {
            var root = symbols.RootOf(parsed);
            await using var session = await PatchSession.WriteAsync(symbols, parsed, context, cancellationToken);
            var bytes = await symbols.ReadAsync(parsed, session.Options, cancellationToken);
            var read = symbols.Parse(parsed, session.Manager, bytes);
            if (read.Patch is not { } patch)
            {
                await session.RefusedAsync(read.Error!, cancellationToken);
                return PatchResults.Refuse(context, read.Error!);
            }

            var request = new PatchRequest
            {
                Id = string.Create(CultureInfo.InvariantCulture, $"{IdStem(bytes)}{context.Time.GetUtcNow():yyyyMMddHHmmssfffffff}"),
                Root = root,
                Patch = patch,
                Base = await PatchSession.BaseAsync(parsed.GetValue(symbols.Base), root, patch, cancellationToken),
            };
            return await PatchResults.TellAsync(context, async () =>
            {
                var application = await session.Manager.ApplyAsync(request, cancellationToken);
                return new PatchResult(application.Outcome, application.Files, application.Conflicts) { Application = application.Id };
            });
        }));
        return command;
    }

    /// <summary>How the ids of all applications of a patch begin, so that the patch itself is enough to undo it.</summary>
    public static string IdStem(byte[] patch) => $"cli-{Convert.ToHexStringLower(SHA256.HashData(patch))[..HashDigits]}-";
}
