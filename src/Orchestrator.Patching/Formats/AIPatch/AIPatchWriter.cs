using System.Text.Json;

namespace Orchestrator.Patching;

/// <summary>Writes changed files as AIPatch operations, one a line, each with the block that it expects and the hash of the file before.</summary>
internal static class AIPatchWriter
{
    public static PatchContent Write(IEnumerable<TextChange> changes, PatchSet patch)
    {
        var output = new JsonOutput();
        foreach (var change in changes)
        {
            if (change.Operation is not (FileOperation.Create or FileOperation.Modify))
            {
                throw TextChange.Inexpressible(PatchFormat.AIPatch, change.Path, "there is no operation that deletes or renames");
            }

            change.RequireLines(PatchFormat.AIPatch);
            if (change.After.IsEmpty && change.Operation == FileOperation.Create)
            {
                throw TextChange.Inexpressible(PatchFormat.AIPatch, change.Path, "there is no operation that makes an empty file");
            }

            WriteFile(output, change.WithoutByteOrderMark(PatchFormat.AIPatch), patch);
        }

        return output.ToContent();
    }

    private static void WriteFile(JsonOutput output, TextChange change, PatchSet patch)
    {
        var hunks = new LineHunks(change.Before, change.After);
        foreach (var run in hunks.Runs)
        {
            var block = change.Text(hunks.New(run.NewStart, run.NewStart + run.NewCount).Span, PatchFormat.AIPatch);
            // An insertion expects the line beside it.
            var (from, to) = run.OldCount > 0 ? (run.OldStart, run.OldStart + run.OldCount) : run.OldStart > 0 ? (run.OldStart - 1, run.OldStart) : (0, Math.Min(1, hunks.OldLines));
            var expect = change.Text(hunks.Old(from, to).Span, PatchFormat.AIPatch);
            // Two insertions around the first line cannot both expect it.
            var expects = hunks.OldLines > 0 && !(run is { OldStart: 0, OldCount: 0 } && hunks.Runs.Exists(static next => next is { OldStart: 1, OldCount: 0 }));
            output.Line(json =>
            {
                json.WriteStartObject();
                json.WriteNumber("version", AIPatchParser.Version);
                json.WriteString("task_id", patch.TaskId);
                json.WriteString("file", change.Path);
                WritePlace(json, run, hunks.OldLines);
                json.WriteString("block", block);
                if (expects)
                {
                    json.WriteString("expect", expect);
                }

                if (change.BeforeHash is { } hash)
                {
                    json.WriteString("base_hash", hash);
                }

                WriteMetadata(json, patch.Metadata);
                json.WriteEndObject();
            });
        }
    }

    private static void WritePlace(Utf8JsonWriter json, DiffRun run, int oldLines)
    {
        if (run.OldCount > 0)
        {
            json.WriteString("operation", AIPatchOperation.ReplaceBlock);
            json.WriteNumber("start", run.OldStart + 1);
            json.WriteNumber("end", run.OldStart + run.OldCount);
        }
        else if (oldLines == 0)
        {
            json.WriteString("operation", AIPatchOperation.Append);
        }
        else
        {
            json.WriteString("operation", run.OldStart > 0 ? AIPatchOperation.InsertAfter : AIPatchOperation.InsertBefore);
            json.WriteNumber("line", Math.Max(1, run.OldStart));
        }
    }

    private static void WriteMetadata(Utf8JsonWriter json, PatchMetadata metadata)
    {
        json.WriteStartObject("metadata");
        if (metadata.Provider is { } provider)
        {
            json.WriteString("provider", provider);
        }

        if (metadata.Model is { } model)
        {
            json.WriteString("model", model);
        }

        if (metadata.Confidence is { } confidence)
        {
            json.WriteNumber("confidence", confidence);
        }

        json.WriteEndObject();
    }
}
