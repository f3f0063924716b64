namespace Orchestrator.Patching;

/// <summary>Looks for the one place of an edit, tier by tier. A tier is tried only when the ones before it found nothing; in each, every place is counted.</summary>
internal sealed class PlaceSearch(MatchFile file, MatchSettings settings)
{
    /// <summary>Looks for the place.</summary>
    /// <param name="pattern">What is expected.</param>
    /// <param name="from">The line, counted from 0, at and behind which is looked.</param>
    /// <param name="hint">The line, counted from 0, that the patch names; <see langword="null"/> for none.</param>
    /// <param name="maxTier">The least exact tier to try; <see langword="null"/> for that of the settings.</param>
    /// <param name="isScoped">Whether <paramref name="from"/> is behind an anchor that stands only once, so that the first place behind it is the one that is meant.</param>
    public SearchOutcome Find(EditPattern pattern, int from, int? hint, MatchTier? maxTier = null, bool isScoped = false)
    {
        if (hint is { } line && pattern.Place(file.Text, line, MatchTier.Exact) is { } place)
        {
            return Found(pattern, place, MatchTier.Exact, from, hint);
        }

        var most = maxTier ?? settings.MaxTier;
        var last = pattern.KeepsLineEnds ? most : MatchTier.Moved;
        for (var tier = MatchTier.Moved; tier <= last && tier <= MatchTier.Punctuation; tier++)
        {
            var found = new Candidates(hint);
            Collect(pattern, tier, from, found);
            if (found.Count > 0)
            {
                var decided = isScoped && !pattern.IsInline ? found.First : found.Decide(settings.MaxHintDistance);
                var reached = tier == MatchTier.Moved && pattern.Edit.Line is null && pattern.Edit.Range is null ? MatchTier.Exact : tier;
                return decided is { } one
                    ? Found(pattern, one, reached, from, hint)
                    : new SearchOutcome { Tier = reached, Several = found, From = from, Hint = hint };
            }
        }

        return most == MatchTier.ReducedContext && ReducedSearch.Find(this, file, pattern, from, hint) is { } reduced
            ? reduced
            : new SearchOutcome { Tier = last, From = from, Hint = hint };
    }

    private void Collect(EditPattern pattern, MatchTier tier, int from, Candidates found)
    {
        if (pattern.IsInline && tier <= MatchTier.LineEnds)
        {
            InlineSearch.Find(file, pattern, tier, found);
        }
        else
        {
            LineSearch.Find(file, pattern, tier, from, found);
        }
    }

    private SearchOutcome Found(EditPattern pattern, MatchPlace place, MatchTier tier, int from, int? hint) => new()
    {
        Parts = [new FoundPart(place, Replacement.For(file.Text, pattern, place, tier))],
        Tier = tier,
        From = from,
        Hint = hint,
    };
}
