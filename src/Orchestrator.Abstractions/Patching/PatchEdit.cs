namespace Orchestrator.Patching;

/// <summary>One change within a file: a block of bytes that is there, and what takes its place. Every patch format is brought to this form.</summary>
public sealed record PatchEdit
{
    /// <summary>The bytes that must be there: removed lines with the context around them. Empty for a pure insertion at <see cref="Line"/>.</summary>
    public PatchContent Old { get; init; }

    /// <summary>The bytes that take their place, context included. Where it equals <see cref="Old"/> the file's own bytes stay.</summary>
    public PatchContent New { get; init; }

    /// <summary>The line, counted from 1, at which <see cref="Old"/> begins in the file before; of an insertion, the line that it comes before. <see langword="null"/> when the format does not say.</summary>
    public int? Line { get; init => field = Require.OptionalAtLeast(value, 1); }

    /// <summary>
    /// The place by numbers, for formats that give it so. <see cref="Old"/>, when it is not empty, must stand there, or is looked for elsewhere when it does not; an edit without
    /// <see cref="Old"/> is refused unless the file is proved to be the one that the numbers speak of. <see langword="null"/> for a place by content.
    /// </summary>
    public TextRange? Range { get; init; }

    /// <summary>
    /// Lines to be found, one after the other, before <see cref="Old"/>: an enclosing declaration, for example. One line of text each, separated by line feeds. <see langword="null"/> for none.
    /// </summary>
    public string? Anchor { get; init; }

    /// <summary>
    /// Whether the edit came as lines of text rather than as bytes: line ends and the state of the last line then follow the file. Edits of diffs are bytes, and only follow the file
    /// where they do not fit it exactly.
    /// </summary>
    public bool IsText { get; init; }

    /// <summary>Whether text may begin and end within lines although <see cref="Old"/> ends with a line end. Text whose last line has no end always may.</summary>
    public bool IsInline { get; init; }

    /// <summary>
    /// Whether the edit, when it names no line, is looked for behind the edit before: in formats whose edits stand in the order of the file. Otherwise every place in the file counts.
    /// </summary>
    public bool IsOrdered { get; init; }

    /// <summary>Which of several equal places is meant.</summary>
    /// <value><see cref="EditOccurrence.Unique"/> by default.</value>
    public EditOccurrence Occurrence { get; init; }

    /// <summary>Whether <see cref="Old"/> must begin the file, because its leading context is shorter than its trailing context.</summary>
    public bool AtStart { get; init; }

    /// <summary>Whether <see cref="Old"/> must end the file.</summary>
    public bool AtEnd { get; init; }
}
