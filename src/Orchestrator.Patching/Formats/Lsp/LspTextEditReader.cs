using System.Text.Json;

namespace Orchestrator.Patching;

/// <summary>Reads TextEdits: places from 0 in UTF-16 code units become places from 1.</summary>
internal sealed class LspTextEditReader(JsonPartReader json, PatchBudget budget)
{
    /// <summary>The edits in the order of the file; those of one place stay in the order in which they came.</summary>
    public ValueList<PatchEdit> Read(JsonPart array)
    {
        var edits = new List<PatchEdit>();
        foreach (var part in json.Array(array, "'edits'").Items)
        {
            budget.TakeEdits(json.Text.LineAt(part.Offset) + 1);
            edits.Add(ReadEdit(json.Object(part, "A TextEdit")));
        }

        return edits.OrderBy(static edit => edit.Range!.Value.StartLine).ThenBy(static edit => edit.Range!.Value.StartColumn).ToValueList();
    }

    private PatchEdit ReadEdit(JsonPart part)
    {
        if (part.Find("snippet") is { } snippet)
        {
            throw json.Text.ErrorAt(snippet.Offset, "Snippets are not read: they need a person at an editor.");
        }

        var range = json.Object(json.Required(part, "range"), "'range'");
        var (startLine, startColumn) = Position(range, "start");
        var (endLine, endColumn) = Position(range, "end");
        if (endLine < startLine || (endLine == startLine && endColumn < startColumn))
        {
            throw json.Text.ErrorAt(range.Offset, "The range ends before it starts.");
        }

        var text = json.Required(part, "newText");
        return new PatchEdit
        {
            New = PatchContent.FromText(json.String(text, "newText")),
            Line = startLine,
            Range = new TextRange(startLine, startColumn, endLine, endColumn),
        };
    }

    private (int Line, int Column) Position(JsonPart range, string name)
    {
        var position = json.Object(json.Required(range, name), $"'{name}'");
        return (Number(position, "line"), Number(position, "character"));
    }

    /// <summary>Counted from 1. Numbers beyond what a file can have mean its end, or the end of the line.</summary>
    private int Number(JsonPart position, string name)
    {
        var value = json.Required(position, name);
        if (value.Kind == JsonTokenType.Number && value.Text == "2147483647")
        {
            return int.MaxValue;
        }

        return json.OptionalInteger(position, name, 0)!.Value + 1;
    }
}
