namespace Orchestrator.Patching;

/// <summary>Finds every place of an edit that may begin and end within lines.</summary>
internal static class InlineSearch
{
    private const int MaxPlaces = 1_000_000;

    /// <summary>Adds every place: of the very bytes, or of the bytes with other line ends.</summary>
    public static void Find(MatchFile file, EditPattern pattern, MatchTier tier, Candidates found)
    {
        foreach (var (start, end) in Places(file, pattern, tier))
        {
            found.Add(new MatchPlace(file.Text.LineAt(start), start, end));
        }
    }

    /// <summary>The places in the order of the file.</summary>
    public static List<(int Start, int End)> Places(MatchFile file, EditPattern pattern, MatchTier tier)
    {
        var old = pattern.Edit.Old.Bytes.Span;
        var places = new List<(int, int)>();
        if (tier <= MatchTier.Moved)
        {
            Add(file, pattern.Edit, old, places);
            return places;
        }

        foreach (var variant in (ReadOnlySpan<byte[]>)[LineEnds.With(old, "\n"u8), LineEnds.With(old, "\r\n"u8), file.Text.IsClassic ? LineEnds.With(old, "\r"u8) : []])
        {
            if (variant.Length > 0 && !variant.AsSpan().SequenceEqual(old))
            {
                Add(file, pattern.Edit, variant, places);
            }
        }

        places.Sort();
        return places;
    }

    private static void Add(MatchFile file, PatchEdit edit, ReadOnlySpan<byte> sought, List<(int Start, int End)> places)
    {
        var hits = new List<int>();
        if (!ByteSearch.TryFind(file.Text.Span, sought, 0, MaxPlaces, file.Budget, hits))
        {
            throw new MatchBudgetException();
        }

        foreach (var start in hits)
        {
            var end = start + sought.Length;
            if ((!edit.AtStart || start <= file.Text.Mark) && (!edit.AtEnd || end == file.Text.Bytes.Length))
            {
                places.Add((start, end));
            }
        }
    }
}
