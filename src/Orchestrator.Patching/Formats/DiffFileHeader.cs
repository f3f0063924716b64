namespace Orchestrator.Patching;

/// <summary>What the lines before the hunks of one file say.</summary>
internal sealed class DiffFileHeader
{
    private const string EmptyBlob = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";

    public int Line { get; init; }

    public string? OldName { get; set; }

    public string? NewName { get; set; }

    /// <summary>Whether the names in this diff carry prefixes such as <c>a/</c>.</summary>
    public bool? HasPrefix { get; set; }

    public bool IsCreate { get; set; }

    public bool IsDelete { get; set; }

    public bool IsRename { get; set; }

    public bool IsCopy { get; set; }

    public PatchFileMode OldMode { get; set; }

    public PatchFileMode NewMode { get; set; }

    /// <summary>The object id of the file before; <see langword="null"/> when it is not known.</summary>
    public string? BaseBlob { get; set; }

    /// <summary>Whether the old file has a time in this diff, and so was there.</summary>
    public bool IsTimed { get; set; }

    /// <summary>Whether the header says that the file before was empty.</summary>
    public bool WasEmpty => BaseBlob is not null && EmptyBlob.StartsWith(BaseBlob, StringComparison.Ordinal);

    /// <summary>Whether nothing says that the file was there before: the header of a diff that a model wrote, for example.</summary>
    public bool MayBeNew => !IsDelete && !IsRename && !IsCopy && !IsTimed && BaseBlob is null && OldMode == PatchFileMode.Unspecified;

    public FileOperation Operation =>
        IsCreate ? FileOperation.Create
        : IsDelete ? FileOperation.Delete
        : IsRename && OldName != NewName ? FileOperation.Rename
        : IsCopy ? FileOperation.Copy
        : FileOperation.Modify;
}
