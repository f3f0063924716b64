using System.Globalization;
using System.Text.Json;

namespace Orchestrator.Patching;

/// <summary>Reads AIPatch operations. All operations of one file refer to the same file before; their lines are counted from 1, both ends included.</summary>
internal sealed class AIPatchParser(PatchOptions options)
{
    /// <summary>The version of the form that this program reads.</summary>
    public const int Version = 1;

    private readonly PatchBudget _budget = new(options);
    private JsonPartReader _json = null!;

    /// <summary>Whether an object has the members that only AIPatch has.</summary>
    public static bool IsMine(JsonPart part) => part.Has("operation") || part.Has("block");

    public PatchSet Parse(ReplyText text, string taskId)
    {
        _json = new JsonPartReader(text, options.MaxEdits);
        var objects = new JsonReply(_json).Objects(IsMine, "\"operation\""u8.ToArray(), "AIPatch operation");
        var operations = new List<AIPatchOperation>();
        foreach (var part in objects)
        {
            _budget.TakeEdits(text.LineAt(part.Offset) + 1);
            operations.Add(ReadOperation(_json.Object(part, "An AIPatch operation")));
        }

        RefuseTwo(operations, static operation => operation.TaskId, "task_id");
        return new PatchSet { TaskId = taskId, Files = Files(operations), Metadata = Metadata(operations) };
    }

    private ValueList<FilePatch> Files(List<AIPatchOperation> operations)
    {
        var files = new List<FilePatch>();
        foreach (var group in operations.GroupBy(static operation => operation.File, StringComparer.Ordinal))
        {
            var first = group.First();
            _budget.TakeFile(_json.Text.LineAt(first.Source.Offset) + 1);
            RefuseTwo(group, static operation => operation.BaseHash?.ToUpperInvariant(), "base_hash");
            files.Add(new FilePatch
            {
                Path = group.Key,
                Operation = FileOperation.Modify,
                BaseHash = group.Select(static operation => operation.BaseHash).FirstOrDefault(static hash => hash is not null),
                Edits = group.OrderBy(Position).Select(static operation => operation.Edit).ToValueList(),
            });
        }

        return files.ToValueList();
    }

    /// <summary>Operations by line, those without one where they came, appends last; the order is kept among equals.</summary>
    private static int Position(AIPatchOperation operation) => operation.IsAppend ? int.MaxValue : operation.Edit.Range?.StartLine ?? int.MaxValue - 1;

    private AIPatchOperation ReadOperation(JsonPart part)
    {
        _json.RefuseMisspelt(part, AIPatchOperation.Members);
        if (_json.OptionalInteger(part, "version", 1) is { } version && version > Version)
        {
            throw Error(part.Find("version")!, $"The AIPatch has version {version}; this program reads up to {Version}.");
        }

        var file = _json.Required(part, "file");
        var path = PatchText.Path(_json.String(file, "file"), (message, code) => _json.Text.ErrorAt(file.Offset, message, code));

        // Agents on Windows separate by backslashes.
        path = path.Replace('\\', '/');
        var name = _json.Required(part, "operation");
        var block = _json.Required(part, "block");
        var lines = PatchText.Lines(_json.String(block, "block"));
        var expect = _json.OptionalString(part, "expect");
        var edit = _json.String(name, "operation") switch
        {
            AIPatchOperation.ReplaceBlock => Replace(part, lines, expect),
            AIPatchOperation.InsertBefore => Insert(part, lines, expect, isBefore: true),
            AIPatchOperation.InsertAfter => Insert(part, lines, expect, isBefore: false),
            AIPatchOperation.Append => Append(part, lines),
            var other => throw Error(name, $"'{other}' is no operation; the operations are {string.Join(", ", AIPatchOperation.Names)}."),
        };
        return new AIPatchOperation(part, path, edit) { TaskId = TaskId(part), BaseHash = BaseHash(part), Metadata = Metadata(part) };
    }

    private PatchEdit Replace(JsonPart part, PatchContent block, string? expect)
    {
        Refuse(part, "line");
        var (start, end) = (_json.OptionalInteger(part, "start", 1), _json.OptionalInteger(part, "end", 1));
        if (start is null != end is null)
        {
            throw Error(part, $"'{(start is null ? "start" : "end")}' is missing: both lines of the block are needed, counted from 1 and included.");
        }

        if (start is null && string.IsNullOrEmpty(expect))
        {
            throw Error(part, "'start' and 'end' are missing, and there is no 'expect' by which the block could be found.");
        }

        if (end < start)
        {
            throw Error(part.Find("end")!, $"'end' is {end}, before 'start', which is {start}.");
        }

        return new PatchEdit
        {
            Old = PatchText.Lines(expect ?? ""),
            New = block,
            Line = start,
            Range = start is { } first ? TextRange.Lines(first, end!.Value) : null,
            IsText = true,
        };
    }

    /// <summary>With <c>expect</c>, the line itself is replaced by itself and the block, so that it must be the one that is meant.</summary>
    private PatchEdit Insert(JsonPart part, PatchContent block, string? expect, bool isBefore)
    {
        Refuse(part, "start");
        Refuse(part, "end");
        var line = _json.OptionalInteger(part, "line", isBefore ? 1 : 0) ?? throw Error(part, "The member 'line' is missing.");
        if (block.IsEmpty)
        {
            throw Error(part.Find("block")!, "'block' is empty: nothing would be inserted.");
        }

        if (string.IsNullOrEmpty(expect))
        {
            var at = isBefore ? line : line + 1;
            return new PatchEdit { New = block, Line = at, Range = TextRange.Lines(at, at - 1), IsText = true };
        }

        if (line == 0)
        {
            throw Error(part.Find("expect")!, "Before the first line there is no line to expect.");
        }

        var old = PatchText.Lines(expect);
        var count = old.Bytes.Span.Count((byte)'\n');
        var first = isBefore ? line : line - count + 1;
        if (first < 1)
        {
            throw Error(part.Find("expect")!, $"'expect' has {count} lines, but only {line} stand before the place.");
        }

        return new PatchEdit
        {
            Old = old,
            New = new PatchContent(isBefore ? (byte[])[.. block.Bytes.Span, .. old.Bytes.Span] : [.. old.Bytes.Span, .. block.Bytes.Span]),
            Line = first,
            Range = TextRange.Lines(first, first + count - 1),
            IsText = true,
        };
    }

    private PatchEdit Append(JsonPart part, PatchContent block)
    {
        Refuse(part, "start");
        Refuse(part, "end");
        Refuse(part, "line");
        Refuse(part, "expect");
        return block.IsEmpty
            ? throw Error(part.Find("block")!, "'block' is empty: nothing would be appended.")
            : new PatchEdit { New = block, AtEnd = true, IsText = true };
    }

    private void Refuse(JsonPart part, string name)
    {
        if (part.Find(name) is { } value)
        {
            throw Error(value, $"'{name}' does not belong to the operation '{part.Find("operation")!.Text}'.");
        }
    }

    private string? TaskId(JsonPart part)
    {
        var id = _json.OptionalString(part, "task_id");
        return id is null || Identifiers.IsName(id) ? id : throw Error(part.Find("task_id")!, "'task_id' is no name: letters, digits, '.', '_' and '-' are allowed.");
    }

    private string? BaseHash(JsonPart part)
    {
        var hash = _json.OptionalString(part, "base_hash");
        return hash is null || (hash.Length == 64 && hash.All(char.IsAsciiHexDigit))
            ? hash
            : throw Error(part.Find("base_hash")!, "'base_hash' is the SHA-256 of the whole file before: 64 hexadecimal digits.");
    }

    private PatchMetadata? Metadata(JsonPart part)
    {
        if (part.Find("metadata") is not { } metadata)
        {
            return null;
        }

        _json.RefuseMisspelt(_json.Object(metadata, "'metadata'"), AIPatchOperation.Members);
        double? confidence = null;
        if (metadata.Find("confidence") is { } value)
        {
            confidence = value.Kind == JsonTokenType.Number && double.TryParse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number is >= 0 and <= 1
                ? number
                : throw Error(value, "'confidence' must be a number from 0 to 1.");
        }

        var provider = _json.OptionalString(metadata, "provider");
        if (provider is not null && !Identifiers.IsName(provider))
        {
            throw Error(metadata.Find("provider")!, "'provider' is no name: letters, digits, '.', '_' and '-' are allowed.");
        }

        return new PatchMetadata { Provider = provider, Model = _json.OptionalString(metadata, "model"), Confidence = confidence };
    }

    /// <summary>One provider and model, and the least of the confidences.</summary>
    private PatchMetadata Metadata(List<AIPatchOperation> operations)
    {
        RefuseTwo(operations, static operation => operation.Metadata?.Provider, "provider");
        RefuseTwo(operations, static operation => operation.Metadata?.Model, "model");
        return new PatchMetadata
        {
            Provider = operations.Select(static operation => operation.Metadata?.Provider).FirstOrDefault(static name => name is not null),
            Model = operations.Select(static operation => operation.Metadata?.Model).FirstOrDefault(static name => name is not null),
            Confidence = operations.Min(static operation => operation.Metadata?.Confidence),
        };
    }

    private void RefuseTwo(IEnumerable<AIPatchOperation> operations, Func<AIPatchOperation, string?> member, string name)
    {
        string? seen = null;
        foreach (var operation in operations)
        {
            var value = member(operation);
            if (value is not null && seen is not null && value != seen)
            {
                throw Error(operation.Source, $"Two operations differ in '{name}'; a patch has one, and a file one 'base_hash'.");
            }

            seen ??= value;
        }
    }

    private PatchFormatException Error(JsonPart part, string message) => _json.Text.ErrorAt(part.Offset, message);
}
