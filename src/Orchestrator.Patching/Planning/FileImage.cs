using System.Security.Cryptography;

namespace Orchestrator.Patching;

/// <summary>A file or link as it is, or shall be: kind, bytes (of a link, its target) and permissions. Absent when <see langword="null"/>.</summary>
internal sealed class FileImage(EntryKind kind, ReadOnlyMemory<byte> bytes, UnixFileMode mode)
{
    private string? _hash;

    public EntryKind Kind { get; } = kind;

    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    public UnixFileMode Mode { get; } = mode;

    public string Hash => _hash ??= Convert.ToHexStringLower(SHA256.HashData(Bytes.Span));

    public bool IsExecutable => (Mode & UnixFileMode.UserExecute) != 0;

    /// <summary>Whether kind and bytes are the same; permissions aside.</summary>
    public static bool Same(FileImage? left, FileImage? right) =>
        left is null || right is null ? left is null && right is null : left.Kind == right.Kind && left.Bytes.Span.SequenceEqual(right.Bytes.Span);
}
