using System.Text;
using Orchestrator.Secrets;

namespace Orchestrator.Patching;

/// <summary>What becomes of one path.</summary>
/// <param name="Path">The path in the tree.</param>
/// <param name="Before">What is there; <see langword="null"/> for nothing.</param>
/// <param name="Identity">Which file it is.</param>
/// <param name="After">What shall be there.</param>
internal sealed record TreeChange(string Path, FileImage? Before, FileIdentity Identity, FileImage? After)
{
    /// <summary>Since when the file before had not changed when it was read; 0 when it is not known.</summary>
    public long Changed { get; init; }

    /// <summary>Whether what is there is removed and made again, because a link is one of the two.</summary>
    public bool IsRemade => Before is not null && After is not null && !(Before.Kind == EntryKind.File && After.Kind == EntryKind.File);

    public FileStamp Stamp => new(Identity, Changed);
}

/// <summary>A directory that goes because its last file goes.</summary>
internal sealed record EmptiedDirectory(string Path, UnixFileMode Mode);

/// <summary>Everything that an application does, found out before anything is written.</summary>
internal sealed record TreePlan(PatchOutcome Outcome, ValueList<FileChange> Files, ValueList<PatchConflict> Conflicts)
{
    public IReadOnlyList<TreeChange> Changes { get; init; } = [];

    /// <summary>Every file patch with the file that it starts from and the file that it makes.</summary>
    public IReadOnlyList<FilePair> Pairs { get; init; } = [];

    /// <summary>Directories to make, parents first.</summary>
    public IReadOnlyList<string> NewDirectories { get; init; } = [];

    /// <summary>Directories that may become empty, deepest first.</summary>
    public IReadOnlyList<EmptiedDirectory> EmptiedDirectories { get; init; } = [];

    /// <summary>The plan with its diff. Known secrets in the files that it shows do not travel: such a diff is to be read, and does not apply.</summary>
    public PatchPlan ToPlan(ISecretRedactor? redactor)
    {
        using var writer = new GitDiffWriter();
        var diff = writer.Write(Pairs);
        foreach (var encoding in (ReadOnlySpan<Encoding>)(redactor is null ? [] : diff.IsText ? [Encoding.UTF8] : [Encoding.UTF8, Encoding.Latin1]))
        {
            if (encoding.GetString(diff.Bytes.Span) is var text && redactor!.Redact(text) is { } redacted && redacted != text)
            {
                diff = new PatchContent(encoding.GetBytes(redacted));
            }
        }

        return new PatchPlan { Outcome = Outcome, Files = Files, Conflicts = Conflicts, Diff = diff };
    }
}

/// <summary>A file patch with both files.</summary>
internal sealed record FilePair(FilePatch Patch, FileImage? Before, FileImage? After);
