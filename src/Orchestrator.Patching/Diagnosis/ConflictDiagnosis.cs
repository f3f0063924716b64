using System.Text;

namespace Orchestrator.Patching;

/// <summary>Tells why an edit has no place, or several, so that an agent can mend its patch.</summary>
internal sealed class ConflictDiagnosis(string path, MatchFile file, MatchSettings settings, IReadOnlyList<int> fitting)
{
    private const int WindowLines = 6;
    private const int WindowBytes = 2048;

    private PatchDiagnosis? _facts;

    /// <summary>One of very many conflicts in a file.</summary>
    public static PatchConflict InShort(string path, int index) => new()
    {
        Code = PatchConflictCode.ContextNotFound,
        Path = path,
        Edit = index,
        Message = "The expected text has no place of its own in the file either. Mend the edits that are told in full first.",
    };

    public PatchConflict Of(PatchEdit edit, int index, SearchOutcome outcome)
    {
        _facts ??= FileFacts.Of(file.Text) with { FittingEdits = fitting.ToValueList() };
        using var pattern = new EditPattern(edit, file.Text);
        var facts = _facts with { Tier = settings.MaxTier };
        if (outcome.Several is { } several)
        {
            return Ambiguous(edit, index, several, facts with { Tier = outcome.Tier });
        }

        if (outcome.IsAnchorMissing)
        {
            return Base(index, PatchConflictCode.ContextNotFound, "The line that the edit names as its anchor is not in the file behind the edit before.") with
            {
                Expected = edit.Anchor,
                Diagnosis = facts with { Remedy = "Copy the anchor line from the file as it is now, or leave it out and give more context." },
            };
        }

        return TooLoose(pattern, index, outcome, facts) ?? NotFound(pattern, index, outcome, facts);
    }

    private PatchConflict Ambiguous(PatchEdit edit, int index, Candidates several, PatchDiagnosis facts) => new()
    {
        Code = PatchConflictCode.Ambiguous,
        Path = path,
        Edit = index,
        Line = edit.Line,
        Candidates = several.Lines.ToValueList(),
        Message = $"The expected text is in {(several.IsFull ? "at least " : "")}{several.Count} places. Give more context, or the line.",
        Diagnosis = facts with { Remedy = "Send the edit again with enough lines around it that only the wanted place fits." },
    };

    /// <summary>The place that a looser tier would find, told as such.</summary>
    private PatchConflict? TooLoose(EditPattern pattern, int index, SearchOutcome outcome, PatchDiagnosis facts)
    {
        if (settings.MaxTier >= MatchTier.Punctuation)
        {
            return null;
        }

        var looser = new PlaceSearch(file, settings).Find(pattern, outcome.From, outcome.Hint, MatchTier.Punctuation);
        return !looser.IsFound ? null : Base(index, PatchConflictCode.MatchTooLoose, $"The place is line {looser.Parts[0].Place.Line + 1}, but it fits only loosely ({Name(looser.Tier)}); the policy asks for {Name(settings.MaxTier)} or better.") with
        {
            Line = looser.Parts[0].Place.Line + 1,
            Expected = Window(pattern.Lines, 0),
            Actual = Window(file.Text, looser.Parts[0].Place.Line),
            Diagnosis = facts with { Tier = looser.Tier, Remedy = "Copy the expected lines from the file byte for byte." },
        };
    }

    private PatchConflict NotFound(EditPattern pattern, int index, SearchOutcome outcome, PatchDiagnosis facts)
    {
        var elsewhere = Elsewhere(pattern, outcome);
        var window = elsewhere is { } line ? new NearestWindow(line, 0, line) : NearestWindow.Find(file, pattern.Lines, outcome.Hint ?? outcome.From);
        var applied = IsApplied(pattern.Edit);
        var (difference, remedy) = elsewhere is { } at ? Misplaced(pattern.Edit, at) : Explain(pattern, window, applied);
        var message = elsewhere is not null ? difference
            : window.FileLine >= file.Text.Count
                ? $"The expected text is not in the file. The nearest place is line {window.Line + 1}; the file ends where line {window.FileLine + 1} is expected."
                : $"The expected text is not in the file. The nearest place is line {window.Line + 1}; the first line that differs is line {window.FileLine + 1}.";
        return Base(index, PatchConflictCode.ContextNotFound, message) with
        {
            Line = window.FileLine + 1,
            Expected = Window(pattern.Lines, window.PatternLine),
            Actual = Window(file.Text, window.FileLine),
            Diagnosis = facts with { IsAlreadyApplied = applied, Difference = difference, Remedy = remedy },
        };
    }

    private (string Difference, string Remedy) Explain(EditPattern pattern, NearestWindow window, bool applied)
    {
        if (applied)
        {
            return ("What the edit would bring is there already.", "Leave this edit out: it was applied before.");
        }

        if (PastedNumbers.Strip(pattern.Lines) is { } stripped && Stands(pattern.Edit with { Old = new PatchContent(stripped), Line = null, Range = null }))
        {
            return ("The expected text carries the line numbers of a listing.", "Send the lines without the numbers before them.");
        }

        if (!pattern.IsOpen && !file.Text.HasFinalEnd && file.Text.Span.EndsWith(WithoutEnd(pattern.Edit.Old.Bytes.Span)))
        {
            return ("The file has no final newline, but the expected text ends with one.", "Leave the newline at the end of the expected text out.");
        }

        if (window.PatternLine >= pattern.Lines.Count)
        {
            return ("All lines are there, but they do not begin or end where the edit says.", "Send whole lines as they are in the file now.");
        }

        var expected = pattern.Lines.Content(window.PatternLine);
        if (window.FileLine >= file.Text.Count)
        {
            return ($"The file ends where '{VisibleText.Of(expected)}' is expected.", "Read the file again and make the edit anew.");
        }

        var actual = file.Text.Content(window.FileLine);
        var only = expected.Trim(" \t"u8).SequenceEqual(actual.Trim(" \t"u8)) ? " (only white space differs)" : "";
        return (
            $"Line {window.FileLine + 1} is '{VisibleText.Of(actual)}' where '{VisibleText.Of(expected)}' is expected{only}.",
            $"Read the file again from line {window.Line + 1} and send the edit with the lines as they are there.");
    }

    private static (string Difference, string Remedy) Misplaced(PatchEdit edit, int line) => edit switch
    {
        { AtStart: true } => ($"The expected lines are at line {line + 1}, but the edit says that they begin the file.", "Give the lines before them as context."),
        { AtEnd: true } => ($"The expected lines are at line {line + 1}, but the edit says that they end the file.", "Give the lines behind them as context."),
        _ => ($"The expected lines are at line {line + 1}, before the place of the edit before or the anchor.", "Put the edits in the order of the file, and check the anchors."),
    };

    /// <summary>The line at which the text does stand, where the edit does not allow it.</summary>
    private int? Elsewhere(EditPattern pattern, SearchOutcome outcome)
    {
        var edit = pattern.Edit;
        if (outcome.From == 0 && !edit.AtStart && !edit.AtEnd)
        {
            return null;
        }

        using var free = new EditPattern(edit with { AtStart = false, AtEnd = false, Anchor = null }, file.Text);
        var found = new PlaceSearch(file, settings).Find(free, 0, null, MatchTier.TrailingSpace);
        return found.IsFound ? found.Parts[0].Place.Line : found.Several?.First.Line;
    }

    private bool IsApplied(PatchEdit edit) =>
        !edit.New.Bytes.Span.Trim(" \t\r\n"u8).IsEmpty && edit.Old != edit.New && Stands(edit with { Old = edit.New, New = edit.Old, Anchor = null });

    private bool Stands(PatchEdit edit)
    {
        using var pattern = new EditPattern(edit, file.Text);
        var found = new PlaceSearch(file, settings).Find(pattern, 0, null, MatchTier.LineEnds);
        return found.IsFound || found.Several is not null;
    }

    private PatchConflict Base(int index, PatchConflictCode code, string message) => new() { Code = code, Path = path, Edit = index, Message = message };

    private static string Name(MatchTier tier) => tier switch
    {
        MatchTier.Exact => "exact",
        MatchTier.Moved => "the same bytes at another line",
        MatchTier.LineEnds => "other line ends",
        MatchTier.TrailingSpace => "other spaces at line ends",
        MatchTier.Indentation => "another indentation",
        MatchTier.Punctuation => "other punctuation marks",
        _ => "less context",
    };

    private static ReadOnlySpan<byte> WithoutEnd(ReadOnlySpan<byte> text) => text[..^(text.EndsWith("\r\n"u8) ? 2 : 1)];

    private static string Window(TextLines text, int line)
    {
        if (line >= text.Count)
        {
            return "";
        }

        var start = text.Start(line);
        var end = Math.Min(text.Start(Math.Min(line + WindowLines, text.Count)), start + WindowBytes);
        return Encoding.UTF8.GetString(text.Span[start..end]);
    }
}
