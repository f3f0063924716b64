using Orchestrator.Cli.Output;
using Orchestrator.Json;
using Orchestrator.Patching;

namespace Orchestrator.Cli.Patches;

/// <summary>Tells what came of a patch, with the exit code that says the same.</summary>
internal static class PatchResults
{
    /// <summary>A root that an interrupted application, or somebody else's change, keeps from being written.</summary>
    public const int RecoveryNeeded = 3;

    /// <summary>Does the work, and tells what came of it; also when the root must be recovered first.</summary>
    public static Task<int> TellAsync(CliContext context, Func<Task<PatchResult>> work) => GuardAsync(context, async () => Tell(context, await work()));

    /// <summary>Does the work, which tells what came of it by itself, unless the root must be recovered first.</summary>
    public static async Task<int> GuardAsync(CliContext context, Func<Task<int>> work)
    {
        try
        {
            return await work();
        }
        catch (PatchingException error) when (error.Code is PatchingException.RecoveryFailed or PatchingException.RecoveryNeeded)
        {
            context.Output.Write(Line("recovery-needed", [], [new PatchErrorLine(error.Code, error.Message)]) with { Message = $"Recovery is needed: {error.Message} Run: orchestrator patch recover" });
            return RecoveryNeeded;
        }
    }

    /// <summary>A patch that cannot be read.</summary>
    public static int Refuse(CliContext context, PatchConflict error) => Tell(context, new PatchResult(PatchOutcome.Rejected, [], [error]));

    public static int Tell(CliContext context, PatchResult result)
    {
        var line = Line(result.Outcome.ToName().Replace('_', '-'), result.Files, [.. result.Conflicts.Select(PatchErrorLine.Of)]);
        context.Output.Write(line with
        {
            Application = result.Application,
            DryRun = result.IsDryRun ? true : null,
            Diff = result.Diff,
            Message = result.Message ?? PatchWords.Of(result),
        });
        return result.Outcome switch
        {
            PatchOutcome.Applied or PatchOutcome.AlreadyApplied or PatchOutcome.Reverted => ExitCodes.Success,
            PatchOutcome.Conflicted => RecoveryNeeded,
            _ => ExitCodes.Failed,
        };
    }

    private static CliLine Line(string outcome, ValueList<FileChange> files, PatchErrorLine[] errors) =>
        new() { Type = "patch", Outcome = outcome, Files = [.. files.Select(PatchFileLine.Of)], Errors = errors };
}
