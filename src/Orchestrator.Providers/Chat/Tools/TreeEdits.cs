using System.Globalization;
using System.Text;
using Orchestrator.Patching;

namespace Orchestrator.Providers.Chat.Tools;

/// <summary>Does the model's edits through the patch manager: all of one call or nothing, under its policy; a refusal goes back with what it takes to mend it.</summary>
internal sealed class TreeEdits(IPatchManager patches, string taskId, string root, PatchMetadata metadata, TimeProvider time)
{
    private const string CannotSay = "patching.format_insufficient";

    /// <summary>Does a patch to some files.</summary>
    public ValueTask<ToolResult> ApplyAsync(ValueList<FilePatch> files, CancellationToken cancellationToken) =>
        ApplyAsync(new PatchSet { TaskId = taskId, Files = files }, cancellationToken);

    /// <summary>Does AIPatch operations.</summary>
    public async ValueTask<ToolResult> ApplyOperationsAsync(string json, CancellationToken cancellationToken)
    {
        var parsed = patches.Parse(Encoding.UTF8.GetBytes(json), taskId, PatchFormat.AIPatch);
        return parsed.Patch is { } patch ? await ApplyAsync(patch, cancellationToken).ConfigureAwait(false) : ToolResult.Error(EditRefusal.Describe([parsed.Error!]));
    }

    private async ValueTask<ToolResult> ApplyAsync(PatchSet unsigned, CancellationToken cancellationToken)
    {
        var patch = unsigned with { Metadata = metadata };

        // Before the edit: the operations speak of the files as they are now.
        var operations = await DescribeAsync(patch, cancellationToken).ConfigureAwait(false);
        var request = new PatchRequest { Id = Identifiers.Create(time.GetUtcNow()), Root = root, Patch = patch };
        var done = await patches.ApplyAsync(request, cancellationToken).ConfigureAwait(false);
        return done.Outcome switch
        {
            PatchOutcome.Applied => ToolResult.Ok(Summarize(done)) with { HasChangedTree = true, Operations = operations },
            PatchOutcome.AlreadyApplied => ToolResult.Ok("Nothing was changed: the edit is in the file already."),
            _ => ToolResult.Error(EditRefusal.Describe(done.Conflicts)) with { IsRefusal = done.Conflicts.Any(EditRefusal.IsPolicy) },
        };
    }

    private static string Summarize(PatchApplication done)
    {
        var text = new StringBuilder("Done.");
        foreach (var file in done.Files)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{file.Path}: {file.Operation.ToString().ToLowerInvariant()}, {file.AddedLines} lines added, {file.RemovedLines} removed");
            if (file.Tier > MatchTier.Moved)
            {
                text.Append(CultureInfo.InvariantCulture, $"; the place was found with {Words(file.Tier)}");
            }
        }

        return text.ToString();
    }

    private static string Words(MatchTier tier) => tier switch
    {
        MatchTier.LineEnds => "other ends of lines",
        MatchTier.TrailingSpace => "other blanks at ends of lines",
        MatchTier.Indentation => "another indentation",
        MatchTier.Punctuation => "other quotes or dashes",
        _ => "less context",
    };

    private async ValueTask<string?> DescribeAsync(PatchSet patch, CancellationToken cancellationToken)
    {
        try
        {
            var operations = await patches.FormatAsync(patch, root, PatchFormat.AIPatch, cancellationToken).ConfigureAwait(false);
            return operations.IsEmpty ? null : operations.ToString();
        }
        catch (OrchestratorException exception) when (exception.Code == CannotSay)
        {
            return null; // A deletion or a move, for example.
        }
    }
}
