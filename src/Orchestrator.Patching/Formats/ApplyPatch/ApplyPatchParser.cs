using System.Text;

namespace Orchestrator.Patching;

/// <summary>
/// Reads the <c>*** Begin Patch</c> envelope, also from a heredoc, a fence or prose. Within it every line must belong to something; the files are changed one after the other,
/// so that one may be named again.
/// </summary>
internal sealed class ApplyPatchParser(PatchOptions options)
{
    private readonly PatchBudget _budget = new(options);
    private readonly List<FilePatch> _files = [];
    private ReplyText _text = null!;
    private ApplyPatchHunks _hunks = null!;
    private bool _carried;
    private int _lastEnd;
    private int _at;

    public PatchSet Parse(ReplyText text, string taskId)
    {
        _text = text;
        _lastEnd = text.Count - 1;
        while (_lastEnd > 0 && !EnvelopeLine.Is(text.Trimmed(_lastEnd), EnvelopeLine.End))
        {
            _lastEnd--;
        }

        var envelopes = 0;
        for (; _at < text.Count; _at++)
        {
            if (EnvelopeLine.Is(text.Trimmed(_at), EnvelopeLine.Begin))
            {
                envelopes++;
                ReadEnvelope();
            }
            else
            {
                RefuseOutside();
            }
        }

        if (envelopes == 0)
        {
            throw new PatchFormatException(PatchConflictCode.Malformed, 1, $"There is no line '{EnvelopeLine.Begin}'.", 1);
        }

        return _files.Count > 0
            ? new PatchSet { TaskId = taskId, IsSequential = true, Files = _files.ToValueList() }
            : throw new PatchFormatException(PatchConflictCode.Empty, 1, "The patch changes no file.", 1);
    }

    /// <summary>What stands around an envelope is prose, a fence or a heredoc; what belongs inside one, or changes the directory, is refused.</summary>
    private void RefuseOutside()
    {
        var line = _text.Trimmed(_at);
        if (EnvelopeLine.EndsSection(line) || EnvelopeLine.StartsWith(line, EnvelopeLine.Move) || EnvelopeLine.Is(line, EnvelopeLine.EndOfFile))
        {
            throw _text.Error(_at, $"The line stands outside of '{EnvelopeLine.Begin}' and '{EnvelopeLine.End}'.");
        }

        if (line.IndexOf("apply_patch"u8) >= 0 && line.IndexOf("<<"u8) >= 0 && ChangesDirectory(line))
        {
            throw _text.Error(_at, "The command changes the directory before it applies the patch; give every path from the root.");
        }
    }

    private static bool ChangesDirectory(ReadOnlySpan<byte> line)
    {
        var words = Encoding.UTF8.GetString(line).Split([' ', '\t', '"', '\'', ';', '&', '('], StringSplitOptions.RemoveEmptyEntries);
        return words.Contains("cd", StringComparer.Ordinal) || words.Contains("pushd", StringComparer.Ordinal);
    }

    private void ReadEnvelope()
    {
        // A begin line that ends with a carriage return tells that all lines were carried so.
        _carried = _text.HasCarriageReturn(_at);
        _hunks = new ApplyPatchHunks(_text, _budget, _carried, _lastEnd);
        var begin = _at++;
        while (true)
        {
            var line = _text.Trimmed(_at);
            if (_at >= _text.Count)
            {
                throw _text.Error(begin, $"The envelope has no '{EnvelopeLine.End}': the patch is cut off.");
            }

            if (EnvelopeLine.Is(line, EnvelopeLine.End))
            {
                return;
            }

            if (line.IsEmpty)
            {
                _at++;
                continue;
            }

            _files.Add(ReadFile(line));
        }
    }

    private FilePatch ReadFile(ReadOnlySpan<byte> line)
    {
        _budget.TakeFile(_at + 1);
        if (EnvelopeLine.StartsWith(line, EnvelopeLine.Add))
        {
            return ReadAdd();
        }

        if (EnvelopeLine.StartsWith(line, EnvelopeLine.Delete))
        {
            var path = ReadPath(EnvelopeLine.Delete);
            return new FilePatch { Path = path, Operation = FileOperation.Delete };
        }

        return EnvelopeLine.StartsWith(line, EnvelopeLine.Update)
            ? ReadUpdate()
            : throw _text.Error(
                _at, $"'{EnvelopeLine.Add}', '{EnvelopeLine.Delete}', '{EnvelopeLine.Update}' or '{EnvelopeLine.End}' is expected here.", Indent(_at));
    }

    private FilePatch ReadAdd()
    {
        var path = ReadPath(EnvelopeLine.Add);
        var content = new LineBlock();
        while (_at < _text.Count && _text.Raw(_at) is var raw && raw.StartsWith("+"u8))
        {
            content.Add(raw[1..], _carried);
            _at++;
        }

        return new FilePatch { Path = path, Operation = FileOperation.Create, Overwrites = true, Content = content.ToContent() };
    }

    private FilePatch ReadUpdate()
    {
        var header = _at;
        var path = ReadPath(EnvelopeLine.Update);
        var target = path;
        if (EnvelopeLine.StartsWith(_text.Trimmed(_at), EnvelopeLine.Move))
        {
            target = ReadPath(EnvelopeLine.Move);
        }

        var edits = _hunks.Read(ref _at);
        if (edits.Count == 0 && target == path)
        {
            throw _text.Error(header, $"The update of '{path}' has no hunk, and so changes nothing.", Indent(header));
        }

        return target == path
            ? new FilePatch { Path = path, Operation = FileOperation.Modify, Edits = edits }
            : new FilePatch { Path = target, OldPath = path, Operation = FileOperation.Rename, Overwrites = true, Edits = edits };
    }

    private string ReadPath(string marker)
    {
        var (line, column) = (_at, Indent(_at) + marker.Length);
        var trimmed = _text.Trimmed(line);
        var path = _text.Text(line, trimmed[marker.Length..].Trim((byte)' '), column);
        _at++;
        return PatchText.Path(path, (message, code) => _text.Error(line, message, column, code));
    }

    private int Indent(int line) => Math.Max(0, _text.Raw(line).IndexOfAnyExcept(" \t"u8));
}
