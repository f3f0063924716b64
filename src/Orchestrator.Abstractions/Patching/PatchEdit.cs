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

    /// <summary>Text of the enclosing declaration, as some formats give it, to choose between equal places.</summary>
    public string? Anchor { get; init; }

    /// <summary>Which of several equal places is meant.</summary>
    /// <value><see cref="EditOccurrence.Unique"/> by default.</value>
    public EditOccurrence Occurrence { get; init; }

    /// <summary>Whether <see cref="Old"/> must begin the file, because its leading context is shorter than its trailing context.</summary>
    public bool AtStart { get; init; }

    /// <summary>Whether <see cref="Old"/> must end the file.</summary>
    public bool AtEnd { get; init; }
}
