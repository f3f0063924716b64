namespace Orchestrator.Patching;

/// <summary>Finds the places of a file's edits, and builds the file after in one pass.</summary>
internal sealed class EditResolver : IDisposable
{
    /// <summary>So many edits that have no place are looked at closely; nobody reads more.</summary>
    private const int MaxDiagnosed = 100;

    private readonly string _path;
    private readonly MatchSettings _settings;
    private readonly MatchFile _file;
    private readonly PlaceSearch _search;
    private readonly RangeSearch _ranges;
    private readonly SpanList _spans = new();
    private readonly List<(int Edit, SearchOutcome Outcome)> _failures = [];
    private readonly List<PatchConflict> _conflicts = [];
    private readonly List<int> _fitting = [];
    private MatchTier _tier;
    private int _offset;
    private int _cursor;
    private int _lastLine;

    private EditResolver(string path, ReadOnlyMemory<byte> before, MatchSettings settings)
    {
        _path = path;
        _settings = settings;
        _file = new MatchFile(before, new MatchBudget(settings.MaxWork));
        _search = new PlaceSearch(_file, settings);
        _ranges = new RangeSearch(_file.Text);
    }

    /// <summary>Applies edits to a file.</summary>
    /// <param name="path">The file's name in messages.</param>
    /// <param name="before">The file before.</param>
    /// <param name="edits">Its edits, all against the file before.</param>
    /// <param name="settings">How places are looked for.</param>
    public static EditResult Apply(string path, ReadOnlyMemory<byte> before, IReadOnlyList<PatchEdit> edits, MatchSettings settings)
    {
        if (Utf16File.TryDecode(before, edits) is { } decoded)
        {
            using var inner = new EditResolver(path, decoded.Utf8, settings);
            var result = inner.Apply(edits);
            return result.After is not { } after ? result : decoded.Encode(after) is { } encoded ? result with { After = encoded } : new EditResult
            {
                Conflicts = [new PatchConflict { Code = PatchConflictCode.RangeRefused, Path = path, Message = "The file is UTF-16, but the edits are not text." }],
            };
        }

        using var resolver = new EditResolver(path, before, settings);
        return resolver.Apply(edits);
    }

    public void Dispose() => _file.Dispose();

    private EditResult Apply(IReadOnlyList<PatchEdit> edits)
    {
        var current = 0;
        try
        {
            _file.Budget.Take((_file.Text.Bytes.Length / 64) + 1);
            for (; current < edits.Count; current++)
            {
                Resolve(edits[current], current);
            }

            Diagnose(edits);
        }
        catch (MatchBudgetException)
        {
            _conflicts.Add(new PatchConflict
            {
                Code = PatchConflictCode.TooComplex,
                Path = _path,
                Edit = Math.Min(current, edits.Count - 1),
                Message = "Looking for the places takes too much work: the file repeats itself, or the patch is far from it. Give lines of context that stand out, or the line.",
            });
        }

        if (_spans.Sort() is { } overlap)
        {
            _conflicts.Add(new PatchConflict
            {
                Code = PatchConflictCode.Overlap,
                Path = _path,
                Edit = overlap.Second.Edit,
                Line = _file.Text.LineAt(overlap.Second.Start) + 1,
                Message = $"Edit {overlap.Second.Edit} overlaps edit {overlap.First.Edit}. Make one edit of them.",
            });
        }

        return _conflicts.Count > 0
            ? new EditResult { Tier = _tier, Conflicts = _conflicts }
            : new EditResult { Tier = _tier, After = _spans.Build(_file.Text.Span) };
    }

    private void Diagnose(IReadOnlyList<PatchEdit> edits)
    {
        if (_failures.Count == 0)
        {
            return;
        }

        var diagnosis = new ConflictDiagnosis(_path, _file, _settings, _fitting);
        foreach (var (edit, outcome) in _failures)
        {
            _conflicts.Add(_conflicts.Count < MaxDiagnosed ? diagnosis.Of(edits[edit], edit, outcome) : ConflictDiagnosis.InShort(_path, edit));
        }
    }

    private void Resolve(PatchEdit edit, int index)
    {
        if (edit.Range is not null && edit.Old.IsEmpty)
        {
            ResolveRange(edit, index);
        }
        else if (edit.Old.IsEmpty)
        {
            ResolveInsertion(edit, index);
        }
        else
        {
            using var pattern = new EditPattern(edit, _file.Text);
            if (edit.Occurrence == EditOccurrence.All)
            {
                ResolveAll(pattern, index);
            }
            else
            {
                ResolveOne(pattern, index);
            }
        }
    }

    private void ResolveOne(EditPattern pattern, int index)
    {
        var edit = pattern.Edit;
        var from = From(edit);
        from = from == 0 || edit.Anchor is not null ? from : Math.Max(0, from - pattern.LeadingContext);
        var isScoped = false;
        if (edit.Anchor is { } anchor)
        {
            (from, var isAmbiguous) = AnchorSearch.Behind(_file, anchor, from);
            isScoped = !isAmbiguous;
            if (from < 0)
            {
                _failures.Add((index, new SearchOutcome { IsAnchorMissing = true }));
                return;
            }
        }

        if (edit.Range is { } range && range.StartColumn == 1 && range.EndColumn == 1 && range.EndLine - range.StartLine != pattern.Lines.Count)
        {
            _conflicts.Add(new PatchConflict
            {
                Code = PatchConflictCode.RangeRefused,
                Path = _path,
                Edit = index,
                Line = range.StartLine,
                Message = $"The edit names {range.EndLine - range.StartLine} lines, but the text that it expects there has {pattern.Lines.Count}.",
            });
            return;
        }

        var named = edit.Range?.StartLine ?? edit.Line;
        int? hint = named is { } line && line - 1 + _offset is var at and >= 0 && at <= _file.Text.Count ? at : null;
        var outcome = _search.Find(pattern, from, hint, isScoped: isScoped);
        if (!outcome.IsFound)
        {
            _failures.Add((index, outcome));
            return;
        }

        _fitting.Add(index);
        _tier = outcome.Tier > _tier ? outcome.Tier : _tier;
        foreach (var part in outcome.Parts)
        {
            _cursor = _file.Text.LineAt(Add(part.Place.Start, part.Place.End, part.New, index, edit));
        }

        var place = outcome.Parts[0].Place;
        _offset = named is { } wanted && outcome.Tier != MatchTier.ReducedContext ? place.Line + 1 - wanted : _offset;
        _lastLine = named ?? _lastLine;
    }

    /// <summary>Adds a place and tells where what changes there ends.</summary>
    private int Add(int start, int end, ReadOnlyMemory<byte> text, int index, PatchEdit edit) =>
        _spans.Add(_file.Text.Span, new ResolvedSpan(start, end - start, text, index, edit.IsText)).End;

    /// <summary>Edits in the order of the file are looked for behind the one before; others anywhere.</summary>
    private int From(PatchEdit edit)
    {
        var isOrdered = edit.Line is { } line ? line >= _lastLine && edit.Range is null : edit.IsOrdered && edit.Range is null;
        return isOrdered ? _cursor : 0;
    }

    private void ResolveRange(PatchEdit edit, int index)
    {
        if (_ranges.Find(edit.Range!.Value, edit.IsText) is not { } place)
        {
            _conflicts.Add(new PatchConflict
            {
                Code = PatchConflictCode.RangeRefused,
                Path = _path,
                Edit = index,
                Line = edit.Range.Value.StartLine > 0 ? edit.Range.Value.StartLine : null,
                Message = _ranges.Refusal,
            });
            return;
        }

        _fitting.Add(index);
        var isWhole = place.End == place.Start;
        var text = !edit.IsText ? edit.New.Bytes
            : isWhole ? Replacement.Insertion(_file.Text, place.Start == _file.Text.Bytes.Length ? _file.Text.Count : place.Line, edit.New, endsFile: false)
            : Replacement.ForLines(_file.Text, place, edit.New);
        // A byte-order mark that comes along is the one that is there.
        text = _file.Text.Mark > 0 && place.Start == _file.Text.Mark && text.Span.StartsWith("\uFEFF"u8) ? text[3..] : text;
        _spans.Add(new ResolvedSpan(place.Start, place.End - place.Start, text, index, edit.IsText));
    }

    private void ResolveInsertion(PatchEdit edit, int index)
    {
        var text = _file.Text;
        var line = InsertionLine(edit);
        var start = line is { } at ? text.Start(at) : -1;
        var joins = !edit.IsText && start == text.Bytes.Length && start > 0 && edit.Line is not null && !text.HasFinalEnd;
        if (start < 0 || joins || (edit.AtStart && line != 0) || (edit.AtEnd && start != text.Bytes.Length))
        {
            _conflicts.Add(new PatchConflict
            {
                Code = PatchConflictCode.ContextNotFound,
                Path = _path,
                Edit = index,
                Line = edit.Line,
                Message = joins ? "The text would join the last line, which has no newline at its end. Replace that line instead."
                    : edit.Anchor is not null && line is null ? "The line that the edit names as its anchor is not in the file behind the edit before, or more than once. Name another line, or give the lines around the place."
                    : $"There is no such place to insert at: the file has {text.Count} lines. Give the text around it, or a line.",
            });
            return;
        }

        _fitting.Add(index);
        var isMoved = edit.Line is not null && _offset != 0 && !edit.AtStart && !edit.AtEnd;
        _tier = isMoved && _tier < MatchTier.Moved ? MatchTier.Moved : _tier;
        var added = edit.IsText ? Replacement.Insertion(text, line!.Value, edit.New, endsFile: true) : edit.New.Bytes;
        _spans.Add(new ResolvedSpan(start, 0, added, index, edit.IsText));
    }

    /// <summary>Where an edit without expected text goes: the line that it names, moved along, its anchor, or an end of the file.</summary>
    private int? InsertionLine(PatchEdit edit)
    {
        var count = _file.Text.Count;
        switch (edit)
        {
            case { Line: int named }:
                var line = named - 1 + (edit.AtStart || edit.AtEnd ? 0 : _offset);
                return line >= 0 && line <= count ? line : null;
            case { AtStart: true }:
                return 0;
            case { Anchor: string anchor, AtEnd: false }:
                return AnchorSearch.Behind(_file, anchor, From(edit)) is { Line: var behind and >= 0, IsAmbiguous: false } ? behind : null;
            default:
                return edit.AtEnd || edit.IsText ? count : null;
        }
    }

    private void ResolveAll(EditPattern pattern, int index)
    {
        var any = false;
        var length = (long)_file.Text.Bytes.Length;
        for (var tier = MatchTier.Exact; !any && tier <= MatchTier.LineEnds && tier <= _settings.MaxTier; tier += 2)
        {
            var end = 0;
            foreach (var place in InlineSearch.Places(_file, pattern, tier))
            {
                // Of places that overlap, the first is taken.
                if (place.Start >= end)
                {
                    any = true;
                    end = place.End;
                    var text = Replacement.For(_file.Text, pattern, new MatchPlace(_file.Text.LineAt(place.Start), place.Start, end), tier);
                    length += text.Length - (place.End - place.Start);
                    if (length > _settings.MaxBytes)
                    {
                        _conflicts.Add(new PatchConflict
                        {
                            Code = PatchConflictCode.TooLarge,
                            Path = _path,
                            Edit = index,
                            Message = $"Replaced everywhere, the file would exceed the limit of {_settings.MaxBytes} bytes.",
                        });
                        return;
                    }

                    Add(place.Start, end, text, index, pattern.Edit);
                    _tier = tier > _tier ? tier : _tier;
                }
            }
        }

        if (any)
        {
            _fitting.Add(index);
        }
        else
        {
            _failures.Add((index, new SearchOutcome()));
        }
    }
}
