namespace Orchestrator.Testing;

/// <summary>All that a test compares of one file of a work tree.</summary>
/// <param name="Sha256">The content's SHA-256 in lower-case hexadecimal; empty for a link or a folder.</param>
/// <param name="Mode">The permission bits; none on Windows and for a link.</param>
/// <param name="LinkTarget">What the link says, as written; null when it is no link.</param>
public sealed record FileState(string Sha256, UnixFileMode Mode, string? LinkTarget)
{
    /// <summary>Reads the state of what is at <paramref name="entry"/>, without following a link.</summary>
    public static FileState Read(FileSystemInfo entry)
    {
        ArgumentNullException.ThrowIfNull(entry);

        if (entry.LinkTarget is { } target)
        {
            return new FileState(string.Empty, UnixFileMode.None, target);
        }

        var mode = OperatingSystem.IsWindows() ? UnixFileMode.None : entry.UnixFileMode;
        if (entry is DirectoryInfo)
        {
            return new FileState(string.Empty, mode, null);
        }

        using var content = File.OpenRead(entry.FullName);
        return new FileState(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content)), mode, null);
    }

    /// <inheritdoc />
    public override string ToString() => LinkTarget is not null
        ? $"link to {LinkTarget}"
        : $"{Convert.ToString((int)Mode, 8)} {(Sha256.Length > 12 ? Sha256[..12] : "folder")}";
}
