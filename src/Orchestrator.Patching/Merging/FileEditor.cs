using System.Text;

namespace Orchestrator.Patching;

/// <summary>Applies the edits of a file patch to a file: directly, or merged by way of the file that the patch was made against.</summary>
/// <param name="options">How places are looked for.</param>
/// <param name="patchBase">Where the file before can be read; <see langword="null"/> for nowhere.</param>
internal sealed class FileEditor(PatchOptions options, IPatchBase? patchBase = null)
{
    private readonly MatchSettings _settings = MatchSettings.Of(options);

    /// <summary>Applies the edits. Where they do not fit the file exactly, and the base is known, they are applied to the base and merged.</summary>
    /// <param name="file">The file patch.</param>
    /// <param name="current">The file as it is.</param>
    public EditResult Apply(FilePatch file, ReadOnlyMemory<byte> current)
    {
        var known = Base(file);
        if (known is null || known.Value.Span.SequenceEqual(current.Span))
        {
            return EditResolver.Apply(file.Path, current, file.Edits, _settings);
        }

        // Numbers alone speak of the base, and of nothing else.
        var isByNumber = file.Edits.Any(static edit => edit.Old.IsEmpty && (edit.Range is not null || edit.Line is not null));
        var direct = isByNumber ? null : EditResolver.Apply(file.Path, current, file.Edits, _settings);
        if (direct is { After: not null, Tier: <= MatchTier.Moved } && !StandsTwice(file, known.Value))
        {
            return direct;
        }

        var @base = LikeCurrent(known.Value, current);
        var changed = EditResolver.Apply(file.Path, @base, file.Edits, _settings);
        if (changed.After is not { } theirs)
        {
            return Stale(direct ?? changed);
        }

        var merged = ThreeWayMerge.Merge(@base, current, theirs, options.WriteMergeMarkers);
        return merged.Conflicts.Count == 0 || options.WriteMergeMarkers
            ? new EditResult { After = merged.Text, Tier = changed.Tier, IsMerged = true }
            : Stale(new EditResult { Conflicts = [.. merged.Conflicts.Select(conflict => Conflict(file, current, theirs, conflict))] });
    }

    /// <summary>Whether only lines tell the places apart in the base: then the one place that is left in a changed file may be the wrong one.</summary>
    private bool StandsTwice(FilePatch file, ReadOnlyMemory<byte> @base) =>
        EditResolver.Apply(file.Path, @base, [.. file.Edits.Select(static edit => edit with { Line = null })], _settings)
            .Conflicts.Any(static conflict => conflict.Code == PatchConflictCode.Ambiguous);

    private EditResult Stale(EditResult result) => result with
    {
        Conflicts = [.. result.Conflicts.Select(conflict => conflict with { Diagnosis = (conflict.Diagnosis ?? new PatchDiagnosis()) with { StaleSince = patchBase!.Name } })],
    };

    private ReadOnlyMemory<byte>? Base(FilePatch file)
    {
        if (patchBase is null)
        {
            return null;
        }

        var content = file.BaseBlob is { } blob ? patchBase.ReadBlob(blob) : null;
        return (content ?? patchBase.ReadFile(file.OldPath ?? file.Path))?.Bytes;
    }

    /// <summary>A base whose lines end otherwise throughout, as git keeps files of Windows, gets the file's line ends, so that only true changes are merged.</summary>
    private static ReadOnlyMemory<byte> LikeCurrent(ReadOnlyMemory<byte> @base, ReadOnlyMemory<byte> current)
    {
        using var lines = new TextLines(current);
        using var baseLines = new TextLines(@base);
        return (LineEnds.Describe(baseLines), LineEnds.Describe(lines)) switch
        {
            ("lf", "crlf") => LineEnds.With(@base.Span, "\r\n"u8),
            ("crlf", "lf") => LineEnds.With(@base.Span, "\n"u8),
            _ => @base,
        };
    }

    private static PatchConflict Conflict(FilePatch file, ReadOnlyMemory<byte> current, ReadOnlyMemory<byte> theirs, MergeConflict conflict) => new()
    {
        Code = PatchConflictCode.MergeConflict,
        Path = file.Path,
        Line = conflict.OurStart + 1,
        Expected = Lines(theirs, conflict.TheirStart, conflict.TheirCount),
        Actual = Lines(current, conflict.OurStart, conflict.OurCount),
        Message = $"Lines {conflict.BaseStart + 1} to {conflict.BaseStart + Math.Max(1, conflict.BaseCount)} of the base were changed by the patch and by others, differently.",
        Diagnosis = new PatchDiagnosis { Remedy = "Make the patch anew against the file as it is now; what the patch wants there is given as expected." },
    };

    private static string Lines(ReadOnlyMemory<byte> text, int start, int count)
    {
        using var lines = new TextLines(text, allowsReturns: false);
        return Encoding.UTF8.GetString(lines.Span[lines.Start(start)..lines.Start(start + Math.Min(count, 20))]);
    }
}
