using System.Text;
using Orchestrator.Json;
using Orchestrator.Patching;

namespace Orchestrator.Cli.Patches;

/// <summary>A patch's result in words.</summary>
internal static class PatchWords
{
    public static string Of(PatchResult result)
    {
        var text = new StringBuilder();
        if (result.Diff is { IsEmpty: false } diff)
        {
            text.Append(diff.ToString());
        }

        foreach (var file in result.Files)
        {
            var from = file.OldPath is { } old && old != file.Path ? $"{old} -> " : "";
            var how = file.Tier == MatchTier.Exact ? "" : $", found by {file.Tier.ToName().Replace('_', ' ')}";
            text.AppendLine($"{(file.IsRewrite ? "rewrite" : file.Operation.ToName()),-7} {from}{file.Path}  +{file.AddedLines} -{file.RemovedLines}{how}{(file.IsMerged ? ", merged" : "")}");
        }

        text.Append(PatchConflictText.Format(result.Conflicts));
        return text.Append(Verdict(result)).ToString();
    }

    private static string Verdict(PatchResult result) => result.Outcome switch
    {
        PatchOutcome.Applied when result.IsDryRun => $"Would change {result.Files.Count} files.",
        PatchOutcome.Applied => $"Applied to {result.Files.Count} files. To take it back: orchestrator patch undo --id {result.Application}",
        PatchOutcome.AlreadyApplied => "Applied already; there is nothing to do.",
        PatchOutcome.Reverted => $"Took back {result.Files.Count} files.",
        PatchOutcome.Conflicted => "Somebody else changed files meanwhile: they were left alone, and the bytes from before are kept beside the journal.",
        PatchOutcome.NotFound => "Nothing was changed.",
        _ => "Refused. Nothing was written.",
    };
}
