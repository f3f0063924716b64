using System.Text;
using System.Text.Json;
using Orchestrator.Json;

namespace Orchestrator.Patching;

/// <summary>Reads patch sets as JSON.</summary>
internal sealed class PatchSetParser(PatchOptions options)
{
    public PatchSet Parse(ReadOnlyMemory<byte> patch, string taskId)
    {
        PatchSet set;
        try
        {
            set = OrchestratorJson.Read(GitPath.StrictUtf8.GetString(patch.Span), OrchestratorJsonContext.Default.PatchSet);
        }
        catch (JsonException error)
        {
            throw new PatchFormatException(PatchConflictCode.Malformed, (int)(error.LineNumber ?? 0) + 1, $"The patch set cannot be read: {error.Message}", (int)Math.Min(error.BytePositionInLine ?? 0, 1 << 30) + 1);
        }
        catch (DecoderFallbackException)
        {
            throw new PatchFormatException(PatchConflictCode.Malformed, 1, "The patch set is not UTF-8.", 1);
        }

        if (set.Version > PatchSet.CurrentVersion)
        {
            throw new PatchFormatException(
                PatchConflictCode.Malformed, 1, $"The patch set has version {set.Version}; this program reads up to {PatchSet.CurrentVersion}.");
        }

        var budget = new PatchBudget(options);
        foreach (var file in set.Files)
        {
            budget.TakeFile(1);
            budget.TakeEdits(1, file.Edits.Count);
            budget.Take(file.Content?.Length ?? 0, 1);
        }

        return set with { TaskId = taskId };
    }
}
