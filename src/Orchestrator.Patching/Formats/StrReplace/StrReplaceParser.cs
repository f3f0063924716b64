namespace Orchestrator.Patching;

/// <summary>Reads the edits of <c>str_replace</c> tools: one object, an array, or one object a line. They are made one after the other, each on what the ones before left.</summary>
internal sealed class StrReplaceParser(PatchOptions options)
{
    private static readonly string[] Known = ["path", "file_path", "old_str", "old_string", "new_str", "new_string", "replace_all"];

    private readonly PatchBudget _budget = new(options);
    private JsonPartReader _json = null!;

    /// <summary>Whether an object has the members that only these edits have.</summary>
    public static bool IsMine(JsonPart part) => part.Has("old_str") || part.Has("old_string");

    public PatchSet Parse(ReplyText text, string taskId)
    {
        _json = new JsonPartReader(text, options.MaxEdits);
        var files = new List<FilePatch>();
        foreach (var part in new JsonReply(_json).Objects(IsMine, "\"old_str"u8.ToArray(), "str_replace edit"))
        {
            var line = text.LineAt(part.Offset) + 1;
            _budget.TakeFile(line);
            _budget.TakeEdits(line);
            files.Add(ReadEdit(_json.Object(part, "An edit")));
        }

        return new PatchSet { TaskId = taskId, IsSequential = true, Files = files.ToValueList() };
    }

    private FilePatch ReadEdit(JsonPart part)
    {
        _json.RefuseMisspelt(part, Known);
        if (part.Find("command") is { } command && _json.String(command, "command") != "str_replace")
        {
            throw _json.Text.ErrorAt(command.Offset, $"The command '{command.Text}' is not read; only 'str_replace' is.");
        }

        var path = Member(part, "path", "file_path");
        var name = PatchText.Path(path.Text, (message, code) => _json.Text.ErrorAt(path.Offset, message, code));
        var (before, after) = (Member(part, "old_str", "old_string"), Member(part, "new_str", "new_string"));
        var all = _json.Flag(part, "replace_all");
        if (before.Text.Length > 0)
        {
            var edit = new PatchEdit
            {
                Old = PatchContent.FromText(before.Text),
                New = PatchContent.FromText(after.Text),
                IsText = true,
                IsInline = true,
                Occurrence = all ? EditOccurrence.All : EditOccurrence.Unique,
            };
            return new FilePatch { Path = name, Operation = FileOperation.Modify, Edits = [edit] };
        }

        // Nothing to look for: the file is made, and must not be there.
        return all
            ? throw _json.Text.ErrorAt(part.Find("replace_all")!.Offset, "With an empty old text there is nothing of which every place could be replaced.")
            : new FilePatch { Path = name, Operation = FileOperation.Create, Content = PatchContent.FromText(after.Text) };
    }

    private JsonPart Member(JsonPart part, string name, string other)
    {
        if (part.Has(name) && part.Has(other))
        {
            throw _json.Text.ErrorAt(part.Find(other)!.Offset, $"'{name}' and '{other}' are the same member; only one of them may stand.");
        }

        var value = part.Find(other) ?? _json.Required(part, name);
        _json.String(value, part.Has(other) ? other : name);
        return value;
    }
}
