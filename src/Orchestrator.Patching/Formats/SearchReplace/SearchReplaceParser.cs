namespace Orchestrator.Patching;

/// <summary>
/// Reads SEARCH/REPLACE blocks out of a reply. The name of the file stands up to three lines above the block, fences between them left out; without one it is the file of the block before.
/// A block with nothing to search makes the file.
/// </summary>
internal sealed class SearchReplaceParser(PatchOptions options)
{
    private readonly PatchBudget _budget = new(options);
    private readonly List<FilePatch> _files = [];
    private readonly Dictionary<string, int> _open = new(StringComparer.Ordinal);
    private readonly List<List<PatchEdit>> _edits = [];
    private ReplyText _text = null!;
    private string? _name;

    public PatchSet Parse(ReplyText text, string taskId)
    {
        _text = text;
        for (var at = 0; at < text.Count;)
        {
            var line = text.Trimmed(at);
            if (BlockMarker.IsSearch(line))
            {
                at = ReadBlock(at);
                continue;
            }

            if (BlockMarker.IsReplace(line))
            {
                throw text.Error(at, "The end of a block stands here without a begin: '<<<<<<< SEARCH' is missing above.");
            }

            at++;
        }

        if (_files.Count == 0)
        {
            throw new PatchFormatException(PatchConflictCode.Malformed, 1, "There is no line '<<<<<<< SEARCH' in the patch.", 1);
        }

        return new PatchSet
        {
            TaskId = taskId,
            IsSequential = true,
            Files = _files.Select((file, index) => file with { Edits = _edits[index].ToValueList() }).ToValueList(),
        };
    }

    private int ReadBlock(int begin)
    {
        var isNew = BlockMarker.IsDivider(_text.Trimmed(begin + 1));
        var path = PatchText.Path(Name(begin), (message, code) => _text.Error(begin, message, 0, code));
        var divider = begin + 1;
        while (divider < _text.Count && !BlockMarker.IsAny(_text.Trimmed(divider)))
        {
            divider++;
        }

        if (divider >= _text.Count || !BlockMarker.IsDivider(_text.Trimmed(divider)))
        {
            throw Unfinished(begin, divider, "'======='");
        }

        var end = divider + 1;
        while (end < _text.Count && !BlockMarker.IsAny(_text.Trimmed(end)))
        {
            end++;
        }

        if (end >= _text.Count || (!BlockMarker.IsReplace(_text.Trimmed(end)) && !IsClosedByDivider(end)))
        {
            throw Unfinished(begin, end, "'>>>>>>> REPLACE'");
        }

        // A marker that ends with a carriage return tells that the whole reply was carried so.
        var carried = _text.HasCarriageReturn(begin);
        Add(path, isNew, _text.Lines(begin + 1, divider, carried), _text.Lines(divider + 1, end, carried), begin + 1);
        return end + 1;
    }

    /// <summary>Some models write the divider once more where the end belongs: plain only when the fence closes right behind it.</summary>
    private bool IsClosedByDivider(int line)
    {
        var next = _text.Trimmed(line + 1);
        return BlockMarker.IsDivider(_text.Trimmed(line))
            && !next.IsEmpty && (next.IndexOfAnyExcept((byte)'`') < 0 ? next.Length >= 3 : next.StartsWith("</"u8) && next.EndsWith(">"u8));
    }

    private PatchFormatException Unfinished(int begin, int at, string expected) => at >= _text.Count
        ? _text.Error(begin, $"The block is cut off: {expected} is expected before the end of the text.")
        : _text.Error(at, $"{expected} is expected before this line, in the block that begins in line {begin + 1}.");

    private void Add(string path, bool isNew, PatchContent search, PatchContent replacement, int line)
    {
        _budget.TakeEdits(line);
        if (isNew)
        {
            _budget.TakeFile(line);
            _files.Add(new FilePatch { Path = path, Operation = FileOperation.Create, Content = replacement });
            _edits.Add([]);
            _open.Remove(path);
            return;
        }

        if (!_open.TryGetValue(path, out var index))
        {
            _budget.TakeFile(line);
            index = _files.Count;
            _open.Add(path, index);
            _files.Add(new FilePatch { Path = path, Operation = FileOperation.Modify });
            _edits.Add([]);
        }

        _edits[index].Add(new PatchEdit { Old = search, New = replacement, IsText = true });
    }

    private string Name(int begin)
    {
        string? first = null;
        for (var line = begin - 1; line >= 0 && line >= begin - 3; line--)
        {
            var text = _text.Text(line);
            if (FileNameLine.Read(text) is { } name && FileNameLine.LooksLikeName(name))
            {
                if (name.Contains('.', StringComparison.Ordinal))
                {
                    return _name = name;
                }

                first ??= name;
            }

            if (!FileNameLine.IsFence(text))
            {
                break;
            }
        }

        return _name = first ?? _name ?? throw _text.Error(begin, "The name of the file is missing; it stands alone on the line above the block or above its fence.");
    }
}
