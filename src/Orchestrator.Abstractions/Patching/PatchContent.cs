using System.Text;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using Orchestrator.Json;

namespace Orchestrator.Patching;

/// <summary>Bytes of a file or a part of it. Patches are bytes, never strings, so that what an edit does not touch stays as it is in any encoding.</summary>
/// <remarks>Immutable as long as the caller does not change the array it was made from. Compares by content. JSON: a string when it is valid UTF-8, else <c>{"base64": "…"}</c>.</remarks>
[JsonConverter(typeof(PatchContentJsonConverter))]
public readonly struct PatchContent : IEquatable<PatchContent>
{
    /// <summary>Wraps bytes without a copy.</summary>
    /// <param name="bytes">The bytes; the caller does not change them any more.</param>
    public PatchContent(ReadOnlyMemory<byte> bytes) => Bytes = bytes;

    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>How many bytes.</summary>
    public int Length => Bytes.Length;

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => Bytes.IsEmpty;

    /// <summary>Whether the bytes are valid UTF-8 without NUL, and so can be shown.</summary>
    public bool IsText => Utf8.IsValid(Bytes.Span) && !Bytes.Span.Contains((byte)0);

    /// <summary>The UTF-8 bytes of text.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The bytes.</returns>
    public static PatchContent FromText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new PatchContent(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Whether two contents are equal byte for byte.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns><see langword="true"/> when they are.</returns>
    public static bool operator ==(PatchContent left, PatchContent right) => left.Equals(right);

    /// <summary>Whether two contents differ.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns><see langword="true"/> when they do.</returns>
    public static bool operator !=(PatchContent left, PatchContent right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(PatchContent other) => Bytes.Span.SequenceEqual(other.Bytes.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PatchContent other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Bytes.Span);
        return hash.ToHashCode();
    }

    /// <summary>The bytes read as UTF-8, for people; bytes that are not valid are replaced.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => Encoding.UTF8.GetString(Bytes.Span);
}
