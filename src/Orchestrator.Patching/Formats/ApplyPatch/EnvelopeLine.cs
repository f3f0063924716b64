using System.Text;

namespace Orchestrator.Patching;

/// <summary>The marker lines of the envelope. Spaces around them are allowed.</summary>
internal static class EnvelopeLine
{
    public const string Begin = "*** Begin Patch";
    public const string End = "*** End Patch";
    public const string Add = "*** Add File: ";
    public const string Delete = "*** Delete File: ";
    public const string Update = "*** Update File: ";
    public const string Move = "*** Move to: ";
    public const string EndOfFile = "*** End of File";

    /// <summary>Whether the line is this marker.</summary>
    public static bool Is(ReadOnlySpan<byte> trimmed, string marker) => trimmed.Length == marker.Length && StartsWith(trimmed, marker);

    /// <summary>Whether the line begins with this marker.</summary>
    public static bool StartsWith(ReadOnlySpan<byte> trimmed, string marker)
    {
        Span<byte> bytes = stackalloc byte[32];
        return trimmed.StartsWith(bytes[..Encoding.ASCII.GetBytes(marker, bytes)]);
    }

    /// <summary>Whether the line opens a file or closes the envelope, and so ends what stands before it.</summary>
    public static bool EndsSection(ReadOnlySpan<byte> trimmed) =>
        StartsWith(trimmed, Add) || StartsWith(trimmed, Delete) || StartsWith(trimmed, Update) || Is(trimmed, End) || Is(trimmed, Begin);
}
