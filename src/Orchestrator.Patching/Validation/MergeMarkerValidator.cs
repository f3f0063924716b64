namespace Orchestrator.Patching;

/// <summary>Refuses new lines that begin as the markers of an unfinished merge do, or of a reply that was taken for a file.</summary>
/// <param name="allowsMerged">Whether markers that merging itself wrote may stay.</param>
internal sealed class MergeMarkerValidator(bool allowsMerged) : IPatchValidator
{
    public string Name => PatchValidators.MergeMarkers;

    // A line of equals signs underlines headings, and so tells nothing.
    private static ReadOnlySpan<byte> Ours => "<<<<<<< "u8;

    private static ReadOnlySpan<byte> Ancestor => "||||||| "u8;

    private static ReadOnlySpan<byte> Theirs => ">>>>>>> "u8;

    public IEnumerable<PatchConflict> Validate(PatchValidationContext file, CancellationToken cancellationToken)
    {
        if (file.IsSymbolicLink || (file.IsMerged && allowsMerged))
        {
            return [];
        }

        int before = 0, after = 0;
        foreach (var (old, now) in file.Stretches())
        {
            (before, after) = (before + Count(old.Span), after + Count(now.Span));
        }

        return after <= before ? [] : [file.Refuse(PatchConflictCode.MergeMarkers, "The patch brings in markers of an unfinished merge. Send the text that the merge shall have.", Line(file))];
    }

    private static int Count(ReadOnlySpan<byte> text) => Count(text, Ours) + Count(text, Ancestor) + Count(text, Theirs);

    private static int Count(ReadOnlySpan<byte> text, ReadOnlySpan<byte> marker)
    {
        var count = 0;
        for (var from = 0; Next(text, marker, from) is var at and >= 0; from = at + 1)
        {
            count++;
        }

        return count;
    }

    /// <summary>Where the marker next begins a line.</summary>
    private static int Next(ReadOnlySpan<byte> text, ReadOnlySpan<byte> marker, int from)
    {
        while (text[from..].IndexOf(marker) is var at and >= 0)
        {
            from += at;
            if (from == 0 || text[from - 1] == '\n')
            {
                return from;
            }

            from++;
        }

        return -1;
    }

    private static int? Line(PatchValidationContext file)
    {
        var text = file.After!.Value.Bytes.Span;
        var first = -1;
        foreach (var at in (ReadOnlySpan<int>)[Next(text, Ours, 0), Next(text, Ancestor, 0), Next(text, Theirs, 0)])
        {
            first = at >= 0 && (first < 0 || at < first) ? at : first;
        }

        return first < 0 ? null : text[..first].Count((byte)'\n') + 1;
    }
}
