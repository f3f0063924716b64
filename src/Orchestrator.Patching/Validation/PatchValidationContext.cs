namespace Orchestrator.Patching;

/// <summary>One file of a patch set, as it is and as it would be.</summary>
/// <remarks>Immutable, and so thread-safe.</remarks>
public sealed class PatchValidationContext
{
    /// <summary>The file after; of a deleted file, before. Relative to the root, with <c>/</c>.</summary>
    public required string Path
    {
        get;
        init
        {
            ArgumentException.ThrowIfNullOrEmpty(value);
            field = value;
        }
    }

    /// <summary>The file before, when it is renamed or copied.</summary>
    /// <value><see langword="null"/> by default.</value>
    public string? OldPath { get; init; }

    /// <summary>What is done to it.</summary>
    public required FileOperation Operation { get; init; }

    /// <summary>The whole file before; of a link, its target. <see langword="null"/> when there is none.</summary>
    public PatchContent? Before { get; init; }

    /// <summary>The whole file after; of a link, its target. <see langword="null"/> when it is deleted.</summary>
    public PatchContent? After { get; init; }

    /// <summary>Whether it is a symbolic link, before or after.</summary>
    public bool IsSymbolicLink { get; init; }

    /// <summary>Whether the change was merged with what others changed in the file.</summary>
    public bool IsMerged { get; init; }

    /// <summary>Every path that the patch set changes, makes or removes.</summary>
    /// <value>Empty by default.</value>
    public IReadOnlySet<string> ChangedPaths { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>The edits, when all that is new came by them; otherwise empty.</summary>
    internal IReadOnlyList<PatchEdit> Edits { get; init; } = [];

    /// <summary>The last component of <see cref="Path"/>.</summary>
    internal string FileName => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>Compares both files by lines: takes time in proportion to their sizes, and to how far they are apart.</summary>
    /// <returns>The lines of the file after that are new or changed, in order; empty for a deleted file.</returns>
    public IReadOnlyList<AddedLine> GetAddedLines()
    {
        if (After is not { } after)
        {
            return [];
        }

        var lines = new List<AddedLine>();
        var index = new LineIndex(after.Bytes.Span);
        foreach (var run in LineDiff.Compare(Before is { } before ? before.Bytes.Span : default, after.Bytes.Span))
        {
            for (var line = run.NewStart + 1; line <= run.NewStart + run.NewCount; line++)
            {
                lines.Add(new AddedLine(line, new PatchContent(after.Bytes[index.Start(line)..index.Start(line + 1)])));
            }
        }

        return lines;
    }

    /// <summary>Stretches of lines of which all that is new is part, each with what stood in its place: those of the edits where they tell all, else the whole file.</summary>
    internal IEnumerable<(ReadOnlyMemory<byte> Old, ReadOnlyMemory<byte> New)> Stretches()
    {
        if (After is not { } after)
        {
            return [];
        }

        return Edits.Count > 0 && !IsMerged && Edits.All(IsWholeLines)
            ? Edits.Select(static edit => (edit.Old.Bytes, edit.New.Bytes))
            : [(Before is { } before ? before.Bytes : default, after.Bytes)];
    }

    /// <summary>The line, counted from 1, at which bytes first stand in the file after; <see langword="null"/> when they do not.</summary>
    internal int? LineOf(ReadOnlySpan<byte> bytes) =>
        After is { } after && after.Bytes.Span.IndexOf(bytes) is var at and >= 0 ? after.Bytes.Span[..at].Count((byte)'\n') + 1 : null;

    /// <summary>Text that begins or ends within a line makes something new only together with what stands around it.</summary>
    private static bool IsWholeLines(PatchEdit edit) =>
        edit.Range is null && !edit.IsInline && (edit.Old.IsEmpty || edit.Old.Bytes.Span[^1] == '\n') && (edit.New.IsEmpty || edit.New.Bytes.Span[^1] == '\n');

    internal PatchConflict Refuse(PatchConflictCode code, string message, int? line = null) => new() { Code = code, Path = Path, Line = line, Message = message };
}
