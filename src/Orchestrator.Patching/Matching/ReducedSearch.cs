namespace Orchestrator.Patching;

/// <summary>The last resort, only where it is allowed: fewer lines of context at the outside, or lines left out by <c>...</c>. Removed lines are never reduced.</summary>
internal static class ReducedSearch
{
    private const int MaxReduced = 3;

    public static SearchOutcome? Find(PlaceSearch search, MatchFile file, EditPattern pattern, int from, int? hint) =>
        IsElided(pattern.Lines) ? Elided(search, file, pattern, from) : Reduced(search, file, pattern, from, hint);

    private static SearchOutcome? Reduced(PlaceSearch search, MatchFile file, EditPattern pattern, int from, int? hint)
    {
        var (old, now) = (pattern.Lines, pattern.New);
        int before = 0, after = 0;
        var shared = Math.Min(old.Count, now.Count);
        while (before < shared && old.Content(before).SequenceEqual(now.Content(before)))
        {
            before++;
        }

        while (after < shared - before && old.Content(old.Count - 1 - after).SequenceEqual(now.Content(now.Count - 1 - after)))
        {
            after++;
        }

        for (var less = 1; less <= Math.Min(MaxReduced, Math.Max(before, after)); less++)
        {
            var (top, bottom) = (Math.Min(less, before), Math.Min(less, after));
            if (old.Count - top - bottom < 1 || pattern.BeginsWithMark)
            {
                return null;
            }

            var edit = pattern.Edit with
            {
                Old = Part(old, top, old.Count - bottom),
                New = Part(now, top, now.Count - bottom),
                AtStart = pattern.Edit.AtStart && top == 0,
                AtEnd = pattern.Edit.AtEnd && bottom == 0,
            };
            using var reduced = new EditPattern(edit, file.Text);
            var outcome = search.Find(reduced, from, hint + top, MatchTier.TrailingSpace);
            if (outcome.IsFound || outcome.Several is not null)
            {
                return outcome with { Tier = MatchTier.ReducedContext };
            }
        }

        return null;
    }

    private static SearchOutcome? Elided(PlaceSearch search, MatchFile file, EditPattern pattern, int from)
    {
        var (old, now) = (Segments(pattern.Lines), Segments(pattern.New));
        if (old.Count != now.Count)
        {
            return null;
        }

        var parts = new List<FoundPart>();
        for (var i = 0; i < old.Count; i++)
        {
            if (old[i].IsEmpty && now[i].IsEmpty)
            {
                continue;
            }

            using var segment = new EditPattern(new PatchEdit { Old = old[i], New = now[i], IsText = true }, file.Text);
            var outcome = old[i].IsEmpty ? null : search.Find(segment, from, null, MatchTier.Indentation);
            if (outcome is null || !outcome.IsFound)
            {
                return outcome?.Several is null ? null : outcome with { Tier = MatchTier.ReducedContext };
            }

            parts.Add(outcome.Parts[0]);
            from = file.Text.LineAt(outcome.Parts[0].Place.End);
        }

        return parts.Count == 0 ? null : new SearchOutcome { Parts = parts, Tier = MatchTier.ReducedContext, From = from };
    }

    private static List<PatchContent> Segments(TextLines lines)
    {
        var result = new List<PatchContent>();
        var start = 0;
        for (var line = 0; line < lines.Count; line++)
        {
            if (IsMark(lines, line))
            {
                result.Add(Part(lines, start, line));
                start = line + 1;
            }
        }

        result.Add(Part(lines, start, lines.Count));
        return result;
    }

    private static bool IsElided(TextLines lines)
    {
        for (var line = 0; line < lines.Count; line++)
        {
            if (IsMark(lines, line))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsMark(TextLines lines, int line) => lines.Content(line).Trim(" \t"u8).SequenceEqual("..."u8);

    private static PatchContent Part(TextLines lines, int from, int to) => new(lines.Bytes[lines.Start(from)..lines.Start(to)]);
}
