namespace Orchestrator.Patching;

/// <summary>Finds every place where the lines of a pattern stand.</summary>
internal static class LineSearch
{
    /// <summary>So many searches go over the bytes before a table of all lines pays.</summary>
    private const int MaxByteSearches = 4;

    private const int MaxByteHits = 200;

    /// <summary>Adds every place at or behind a line.</summary>
    public static void Find(MatchFile file, EditPattern pattern, MatchTier tier, int from, Candidates found)
    {
        if (tier == MatchTier.Moved && !file.HasTable(LineForm.Content) && file.ByteSearches < MaxByteSearches
            && TryFindBytes(file, pattern, from, found))
        {
            return;
        }

        FindLines(file, pattern, tier, from, found);
    }

    public static LineForm FormOf(MatchTier tier) => tier switch
    {
        <= MatchTier.LineEnds => LineForm.Content,
        MatchTier.TrailingSpace => LineForm.TrimmedEnd,
        MatchTier.Indentation => LineForm.Trimmed,
        _ => LineForm.Folded,
    };

    private static bool TryFindBytes(MatchFile file, EditPattern pattern, int from, Candidates found)
    {
        file.ByteSearches++;
        var hits = new List<int>();
        var text = file.Text;
        if (!ByteSearch.TryFind(text.Span, pattern.Edit.Old.Bytes.Span, pattern.BeginsWithMark ? 0 : text.Start(from), MaxByteHits, file.Budget, hits))
        {
            return false;
        }

        foreach (var hit in hits)
        {
            var line = text.LineAt(hit);
            if (hit == text.Start(line) || hit == 0)
            {
                AddPlace(text, pattern, line, MatchTier.Moved, found);
            }
        }

        return true;
    }

    private static void FindLines(MatchFile file, EditPattern pattern, MatchTier tier, int from, Candidates found)
    {
        var form = FormOf(tier);
        var table = file.Table(form);
        var hashes = new ulong[pattern.Lines.Count];
        var seed = 0;
        for (var line = 0; line < hashes.Length; line++)
        {
            hashes[line] = LineHash.Of(pattern.Lines.Form(line, form));
            seed = table.Count(hashes[line]) < table.Count(hashes[seed]) ? line : seed;
        }

        for (var line = table.First(hashes[seed]); line >= 0 && !found.IsFull; line = table.Next(line))
        {
            file.Budget.Take(1);
            var start = line - seed;
            if (start >= from && table.Hash(line) == hashes[seed] && Stands(file, pattern, table, hashes, start, form))
            {
                AddPlace(file.Text, pattern, start, tier, found);
            }
        }
    }

    private static void AddPlace(TextLines text, EditPattern pattern, int line, MatchTier tier, Candidates found)
    {
        if (pattern.Place(text, line, tier) is { } place)
        {
            found.Add(place);
        }
    }

    private static bool Stands(MatchFile file, EditPattern pattern, LineTable table, ulong[] hashes, int start, LineForm form)
    {
        if (start + hashes.Length > file.Text.Count)
        {
            return false;
        }

        var there = table.Hashes(start, hashes.Length);
        if (!there.SequenceEqual(hashes))
        {
            file.Budget.Take(there.CommonPrefixLength(hashes) + 1);
            return false;
        }

        var (from, to) = (file.Text.Start(start), file.Text.Start(start + hashes.Length));
        file.Budget.Take(((to - from) / 16) + hashes.Length);
        if (file.Text.Span[from..to].SequenceEqual(pattern.Edit.Old.Bytes.Span))
        {
            return true;
        }

        for (var i = 0; i < hashes.Length; i++)
        {
            if (!file.Text.Form(start + i, form).SequenceEqual(pattern.Lines.Form(i, form)))
            {
                return false;
            }
        }

        return true;
    }
}
