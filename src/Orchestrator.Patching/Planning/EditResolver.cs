namespace Orchestrator.Patching;

/// <summary>A place in the file before and what takes it.</summary>
internal readonly record struct ResolvedSpan(int Start, int Length, ReadOnlyMemory<byte> New, int Edit);

/// <summary>Finds the places of a file's edits, and builds the file after in one pass.</summary>
internal sealed class EditResolver(string path, ReadOnlyMemory<byte> before)
{
    /// <summary>How many places an answer lists.</summary>
    private const int MaxCandidates = 50;

    private readonly LineIndex _lines = new(before.Span);
    private readonly List<ResolvedSpan> _spans = [];
    private readonly List<PatchConflict> _conflicts = [];
    private int _offset;

    public IReadOnlyList<PatchConflict> Conflicts => _conflicts;

    /// <summary>Resolves all edits.</summary>
    /// <returns>The file after; <see langword="null"/> when there are <see cref="Conflicts"/>.</returns>
    public byte[]? Apply(IReadOnlyList<PatchEdit> edits)
    {
        for (var i = 0; i < edits.Count; i++)
        {
            Resolve(edits[i], i);
        }

        CheckOverlap();
        return _conflicts.Count == 0 ? Build() : null;
    }

    private void Resolve(PatchEdit edit, int index)
    {
        if (edit.Old.IsEmpty)
        {
            ResolveInsertion(edit, index);
            return;
        }

        if (edit.Occurrence == EditOccurrence.All)
        {
            ResolveAll(edit, index);
            return;
        }

        if (HintedStart(edit) is { } hinted)
        {
            _offset = _lines.LineAt(hinted) - edit.Line!.Value;
            Add(edit, hinted, index);
            return;
        }

        var candidates = Candidates(edit, MaxCandidates);
        switch (candidates.Count)
        {
            case 1:
                _offset = edit.Line is { } line ? _lines.LineAt(candidates[0]) - line : _offset;
                Add(edit, candidates[0], index);
                break;
            case 0:
                _conflicts.Add(new ContextDiagnosis(path, before.Span, _lines).NotFound(edit, index, _offset));
                break;
            default:
                var places = candidates.Select(_lines.LineAt).Distinct().ToValueList();
                _conflicts.Add(new PatchConflict
                {
                    Code = PatchConflictCode.Ambiguous,
                    Path = path,
                    Edit = index,
                    Line = edit.Line,
                    Candidates = places,
                    Message = $"The expected text is in {(candidates.Count < MaxCandidates ? candidates.Count : $"at least {MaxCandidates}")} places. Give more context, or the line.",
                });
                break;
        }
    }

    private void ResolveInsertion(PatchEdit edit, int index)
    {
        int? start = edit switch
        {
            { Line: { } line } => _lines.Start(line) is var at and >= 0 ? at : null,
            { AtStart: true } => 0,
            { AtEnd: true } => before.Length,
            _ => null,
        };
        var joins = start == before.Length && start > 0 && edit.Line is not null && before.Span[^1] != '\n';
        if (start is null || joins || (edit.AtStart && start != 0) || (edit.AtEnd && start != before.Length))
        {
            _conflicts.Add(new PatchConflict
            {
                Code = PatchConflictCode.ContextNotFound,
                Path = path,
                Edit = index,
                Line = edit.Line,
                Message = joins ? "The text would join the last line, which has no newline at its end. Replace that line instead."
                    : $"There is no such place to insert at: the file has {_lines.Count} lines. Give the text around it, or a line.",
            });
            return;
        }

        Add(edit, start.Value, index);
    }

    private void ResolveAll(PatchEdit edit, int index)
    {
        var any = false;
        for (var at = FindNext(edit, 0); at >= 0; at = FindNext(edit, at + edit.Old.Length))
        {
            any = true;
            Add(edit, at, index);
        }

        if (!any)
        {
            _conflicts.Add(new ContextDiagnosis(path, before.Span, _lines).NotFound(edit, index, _offset));
        }
    }

    private int? HintedStart(PatchEdit edit)
    {
        if (edit.Line is not { } line)
        {
            return null;
        }

        foreach (var hint in _offset == 0 ? [line] : (ReadOnlySpan<int>)[line + _offset, line])
        {
            var start = _lines.Start(hint);
            if (start >= 0 && Fits(edit, start))
            {
                return start;
            }
        }

        return null;
    }

    private List<int> Candidates(PatchEdit edit, int most)
    {
        var found = new List<int>();
        for (var at = FindNext(edit, 0); at >= 0 && found.Count < most; at = FindNext(edit, at + 1))
        {
            found.Add(at);
        }

        return found;
    }

    private int FindNext(PatchEdit edit, int from)
    {
        var old = edit.Old.Bytes.Span;
        while (from <= before.Length - old.Length)
        {
            var at = before.Span[from..].IndexOf(old);
            if (at < 0)
            {
                return -1;
            }

            if (Fits(edit, from + at))
            {
                return from + at;
            }

            from += at + 1;
        }

        return -1;
    }

    /// <summary>Whether the expected bytes stand here, and here is a place that the edit allows.</summary>
    private bool Fits(PatchEdit edit, int start)
    {
        var old = edit.Old.Bytes.Span;
        var end = start + old.Length;
        if (end > before.Length || !before.Span[start..end].SequenceEqual(old))
        {
            return false;
        }

        if ((edit.AtStart && start != 0) || (edit.AtEnd && end != before.Length))
        {
            return false;
        }

        // An edit that speaks of lines means whole lines.
        var rest = before.Span[end..];
        return edit.Line is null
            || (_lines.IsLineStart(start) && (old[^1] == '\n' || rest.IsEmpty || rest[0] == '\n' || rest.StartsWith("\r\n"u8)));
    }

    private void Add(PatchEdit edit, int start, int index) => _spans.Add(new ResolvedSpan(start, edit.Old.Length, edit.New.Bytes, index));

    private void CheckOverlap()
    {
        // Insertions at one place stay in the order of the patch: the sort is stable.
        var ordered = _spans.OrderBy(static span => span.Start).ThenBy(static span => span.Length > 0).ToList();
        _spans.Clear();
        _spans.AddRange(ordered);
        for (var i = 1; i < _spans.Count; i++)
        {
            if (_spans[i - 1].Start + _spans[i - 1].Length > _spans[i].Start)
            {
                _conflicts.Add(new PatchConflict
                {
                    Code = PatchConflictCode.Overlap,
                    Path = path,
                    Edit = _spans[i].Edit,
                    Line = _lines.LineAt(_spans[i].Start),
                    Message = $"Edit {_spans[i].Edit} overlaps edit {_spans[i - 1].Edit}. Make one edit of them.",
                });
            }
        }
    }

    private byte[] Build()
    {
        var length = before.Length + _spans.Sum(static span => (long)span.New.Length - span.Length);
        var after = new byte[length];
        int read = 0, written = 0;
        foreach (var span in _spans)
        {
            Copy(before.Span[read..span.Start]);
            Copy(span.New.Span);
            read = span.Start + span.Length;
        }

        Copy(before.Span[read..]);
        return after;

        void Copy(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(after.AsSpan(written));
            written += bytes.Length;
        }
    }
}
