namespace Orchestrator.Patching;

/// <summary>What the lines before the hunks of one file say.</summary>
internal sealed class DiffFileHeader
{
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

    public FileOperation Operation =>
        IsCreate ? FileOperation.Create
        : IsDelete ? FileOperation.Delete
        : IsRename && OldName != NewName ? FileOperation.Rename
        : IsCopy ? FileOperation.Copy
        : FileOperation.Modify;
}
