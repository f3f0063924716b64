using System.Text.Json;

namespace Orchestrator.Patching;

/// <summary>
/// Reads a WorkspaceEdit (<c>changes</c>, or <c>documentChanges</c> with files made, renamed and deleted) or a document's edits (<c>textDocument</c> and <c>edits</c>).
/// What <c>documentChanges</c> says is done in its order.
/// </summary>
internal sealed class LspEditParser(PatchOptions options)
{
    private static readonly string[] Known = ["changes", "documentChanges", "changeAnnotations", "textDocument", "edits"];

    private readonly PatchBudget _budget = new(options);
    private readonly List<FilePatch> _files = [];
    private JsonPartReader _json = null!;
    private LspTextEditReader _edits = null!;

    public PatchSet Parse(ReplyText text, string taskId)
    {
        _json = new JsonPartReader(text, options.MaxEdits);
        _edits = new LspTextEditReader(_json, _budget);
        foreach (var part in new JsonReply(_json).Objects(static _ => true, mark: null, "WorkspaceEdit"))
        {
            ReadEdit(_json.Object(part, "A WorkspaceEdit"));
        }

        return _files.Count > 0
            ? new PatchSet { TaskId = taskId, IsSequential = true, Files = _files.ToValueList() }
            : throw new PatchFormatException(PatchConflictCode.Empty, 1, "The WorkspaceEdit changes nothing.", 1);
    }

    private void ReadEdit(JsonPart part)
    {
        _json.RefuseMisspelt(part, Known);
        var (changes, documents) = (part.Find("changes"), part.Find("documentChanges"));
        RefuseConfirmation(part);
        if (documents is not null)
        {
            // The protocol prefers these where both are given.
            foreach (var change in _json.Array(documents, "'documentChanges'").Items)
            {
                ReadChange(_json.Object(change, "A document change"));
            }
        }
        else if (changes is not null)
        {
            foreach (var member in _json.Object(changes, "'changes'").Members)
            {
                Modify(Path(member.Name, member.Offset), _edits.Read(member.Value), member.Offset);
            }
        }
        else if (part.Has("textDocument"))
        {
            ReadChange(part);
        }
        else
        {
            throw _json.Text.ErrorAt(part.Offset, part.Has("range")
                ? "A TextEdit does not say which document it is for; put the edits into {\"textDocument\": {\"uri\": …}, \"edits\": […]} or a WorkspaceEdit."
                : "The object has neither 'changes' nor 'documentChanges' nor 'textDocument'.");
        }
    }

    private void ReadChange(JsonPart part)
    {
        if (part.Find("kind") is not { } kind)
        {
            var document = _json.Object(_json.Required(part, "textDocument"), "'textDocument'");
            _json.OptionalInteger(document, "version", int.MinValue);
            Modify(Path(document, "uri"), _edits.Read(_json.Required(part, "edits")), part.Offset);
            return;
        }

        var choices = part.Find("options") is { } some ? _json.Object(some, "'options'") : new JsonPart(JsonTokenType.StartObject, part.Offset);
        RefuseWhen(choices, "ignoreIfExists");
        RefuseWhen(choices, "ignoreIfNotExists");
        var overwrites = _json.Flag(choices, "overwrite");
        var file = _json.String(kind, "kind") switch
        {
            "create" => new FilePatch { Path = Path(part, "uri"), Operation = FileOperation.Create, Overwrites = overwrites, Content = new PatchContent(default) },
            "rename" => new FilePatch { Path = Path(part, "newUri"), OldPath = Path(part, "oldUri"), Operation = FileOperation.Rename, Overwrites = overwrites },
            "delete" => new FilePatch { Path = Path(part, "uri"), Operation = FileOperation.Delete },
            var other => throw _json.Text.ErrorAt(kind.Offset, $"'{other}' is no kind of change; the kinds are create, rename and delete."),
        };
        _budget.TakeFile(_json.Text.LineAt(part.Offset) + 1);
        _files.Add(file);
    }

    /// <summary>Edits of the file that the change before made or renamed belong to that change.</summary>
    private void Modify(string path, ValueList<PatchEdit> edits, int offset)
    {
        if (edits.Count == 0)
        {
            return;
        }

        var last = _files.Count > 0 && _files[^1].Path == path && _files[^1].Edits.Count == 0 ? _files[^1] : null;
        if (last is { Operation: FileOperation.Rename })
        {
            _files[^1] = last with { Edits = edits };
        }
        else if (last is { Operation: FileOperation.Create, Content.IsEmpty: true } && edits.All(static edit => edit.Range is { StartLine: 1, StartColumn: 1 }))
        {
            _files[^1] = last with { Content = new PatchContent(edits.SelectMany(static edit => edit.New.Bytes.ToArray()).ToArray()) };
        }
        else
        {
            _budget.TakeFile(_json.Text.LineAt(offset) + 1);
            _files.Add(new FilePatch { Path = path, Operation = FileOperation.Modify, Edits = edits });
        }
    }

    private string Path(JsonPart part, string member)
    {
        var uri = _json.Required(part, member);
        return Path(_json.String(uri, member), uri.Offset);
    }

    private string Path(string uri, int offset)
    {
        var path = LspUri.Path(uri, options.WorkspaceUri) ?? throw _json.Text.ErrorAt(
            offset,
            options.WorkspaceUri is null
                ? $"'{uri}' is not relative, and the URI of the workspace is not known; set {nameof(PatchOptions)}.{nameof(PatchOptions.WorkspaceUri)}."
                : $"'{uri}' names no file below the workspace '{options.WorkspaceUri}'.",
            PatchConflictCode.PathRefused);
        return PatchText.Path(path, (message, code) => _json.Text.ErrorAt(offset, message, code));
    }

    private void RefuseWhen(JsonPart choices, string name)
    {
        if (_json.Flag(choices, name))
        {
            throw _json.Text.ErrorAt(choices.Find(name)!.Offset, $"'{name}' is not read: a patch says what is done, without conditions.");
        }
    }

    private void RefuseConfirmation(JsonPart part)
    {
        if (part.Find("changeAnnotations") is not { } annotations)
        {
            return;
        }

        foreach (var member in _json.Object(annotations, "'changeAnnotations'").Members)
        {
            if (_json.Flag(_json.Object(member.Value, "A change annotation"), "needsConfirmation"))
            {
                throw _json.Text.ErrorAt(member.Offset, $"The changes '{member.Name}' need a person's confirmation.", PatchConflictCode.OperationRefused);
            }
        }
    }
}
