namespace Orchestrator.Patching;

/// <summary>A file, link or directory in memory. Not thread-safe.</summary>
internal sealed class InMemoryNode(EntryKind kind, ulong number, UnixFileMode mode)
{
    public EntryKind Kind { get; } = kind;

    public UnixFileMode Mode { get; set; } = mode;

    public byte[] Bytes { get; set; } = [];

    /// <summary>Where a link points.</summary>
    public string? Target { get; set; }

    public int Links { get; set; } = 1;

    public long Changed { get; set; }

    public Dictionary<string, InMemoryNode> Children { get; } = new(StringComparer.Ordinal);

    public FileEntry ToEntry() => new(Kind, Bytes.Length, Mode, new FileIdentity(1, number)) { Changed = Changed, Links = Links };

    public byte[] Read(long maxBytes) => Bytes.Length <= maxBytes ? [.. Bytes] : throw new IOException($"The file has {Bytes.Length} bytes; the limit is {maxBytes}.");

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        SetLength(Math.Max(Bytes.Length, offset + bytes.Length));
        bytes.CopyTo(Bytes.AsSpan((int)offset));
    }

    public void SetLength(long length)
    {
        if (length != Bytes.Length)
        {
            var resized = Bytes;
            Array.Resize(ref resized, checked((int)length));
            Bytes = resized;
        }
    }
}
