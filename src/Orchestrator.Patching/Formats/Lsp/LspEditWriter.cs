using System.Text.Json;

namespace Orchestrator.Patching;

/// <summary>Writes changed files as one WorkspaceEdit with <c>documentChanges</c>: whole lines, counted from 0.</summary>
internal static class LspEditWriter
{
    public static PatchContent Write(IEnumerable<TextChange> changes, string? workspace)
    {
        var output = new JsonOutput();
        output.Line(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("documentChanges");
            foreach (var change in changes)
            {
                WriteFile(json, change, workspace);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
        return output.ToContent();
    }

    private static void WriteFile(Utf8JsonWriter json, TextChange change, string? workspace)
    {
        switch (change.Operation)
        {
            case FileOperation.Create:
                WriteKind(json, "create", ("uri", LspUri.Format(change.Path, workspace)));
                break;
            case FileOperation.Delete:
                WriteKind(json, "delete", ("uri", LspUri.Format(change.Path, workspace)));
                return;
            case FileOperation.Rename:
                WriteKind(json, "rename", ("oldUri", LspUri.Format(change.OldPath!, workspace)), ("newUri", LspUri.Format(change.Path, workspace)));
                break;
            default:
                break;
        }

        var hunks = new LineHunks(change.Before, change.After);
        if (hunks.Runs.Count == 0)
        {
            return;
        }

        json.WriteStartObject();
        json.WriteStartObject("textDocument");
        json.WriteString("uri", LspUri.Format(change.Path, workspace));
        json.WriteNull("version");
        json.WriteEndObject();
        json.WriteStartArray("edits");
        foreach (var run in hunks.Runs)
        {
            json.WriteStartObject();
            json.WriteStartObject("range");
            WritePosition(json, "start", run.OldStart);
            WritePosition(json, "end", run.OldStart + run.OldCount);
            json.WriteEndObject();
            json.WriteString("newText", change.Text(hunks.New(run.NewStart, run.NewStart + run.NewCount).Span, PatchFormat.LspEdit));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteKind(Utf8JsonWriter json, string kind, params ReadOnlySpan<(string Name, string Value)> members)
    {
        json.WriteStartObject();
        json.WriteString("kind", kind);
        foreach (var (name, value) in members)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
    }

    private static void WritePosition(Utf8JsonWriter json, string name, int line)
    {
        json.WriteStartObject(name);
        json.WriteNumber("line", line);
        json.WriteNumber("character", 0);
        json.WriteEndObject();
    }
}
