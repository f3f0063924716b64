namespace Orchestrator.Patching;

/// <summary>Decides whether a file is still what was read.</summary>
/// <param name="tree">The tree.</param>
/// <param name="settledBefore">
/// What had not changed since this moment when it was read is known by its time of change alone; of what is younger, a later change may bear the same time, so that the bytes are compared.
/// In nanoseconds since 1970; 0 to compare always.
/// </param>
internal sealed class FileProof(TreeReader tree, long settledBefore)
{
    public static bool IsSame(FileIdentity one, FileIdentity other) => one == default || other == default || one == other;

    /// <summary>Whether the bytes need not be looked at.</summary>
    public bool IsUntouched(FileEntry entry, FileImage from, FileStamp stamp) =>
        entry.Kind == EntryKind.File && entry.Size == from.Bytes.Length && entry.Identity == stamp.Identity
        && stamp.Changed != 0 && stamp.Changed < settledBefore && entry.Changed == stamp.Changed;

    /// <summary>Whether an open file is the one that was read.</summary>
    public bool Holds(IPatchFile file, FileImage from, FileStamp stamp)
    {
        var entry = file.Entry;
        return entry.Kind == EntryKind.File && IsSame(entry.Identity, stamp.Identity) && entry.Size == from.Bytes.Length
            && (IsUntouched(entry, from, stamp) || file.ReadAll(int.MaxValue).AsSpan().SequenceEqual(from.Bytes.Span));
    }

    /// <summary>Whether what stands at a path is what was read.</summary>
    public bool Holds(string path, FileImage from, FileStamp stamp)
    {
        var entry = tree.Entry(path);
        return entry.Kind == from.Kind && IsSame(entry.Identity, stamp.Identity)
            && (IsUntouched(entry, from, stamp) || FileImage.Same(tree.Read(path, entry), from));
    }
}
