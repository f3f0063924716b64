using System.Text;
using Orchestrator.Secrets;

namespace Orchestrator.Patching;

/// <summary>Looks for known secrets in what a patch adds.</summary>
internal static class SecretScan
{
    /// <summary>Whether the name or the lines that differ hold a known secret.</summary>
    public static bool BringsSecret(ISecretRedactor redactor, string path, FileImage? before, FileImage after) =>
        Holds(redactor, path) || Holds(redactor, Added(before is null ? default : before.Bytes.Span, after.Bytes.Span));

    private static bool Holds(ISecretRedactor redactor, ReadOnlySpan<byte> added) =>
        Holds(redactor, Encoding.Latin1.GetString(added)) || Holds(redactor, Encoding.UTF8.GetString(added)) || (added.Contains((byte)0) && Holds(redactor, WithoutNul(added)));

    /// <summary>Characters of two bytes, most of which have a NUL in one of them, as characters of one.</summary>
    private static string WithoutNul(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes).Replace("\0", "", StringComparison.Ordinal);

    private static bool Holds(ISecretRedactor redactor, string text) => !string.Equals(redactor.Redact(text), text, StringComparison.Ordinal);

    /// <summary>The lines from the first byte that differs to the last one.</summary>
    private static ReadOnlySpan<byte> Added(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        var start = before.CommonPrefixLength(after);
        var most = Math.Min(before.Length, after.Length) - start;
        var same = 0;
        while (same < most && before[^(same + 1)] == after[^(same + 1)])
        {
            same++;
        }

        var end = after.Length - same;
        var lineStart = after[..start].LastIndexOf((byte)'\n') + 1;
        if (start == end && (before.Length == after.Length || start == lineStart))
        {
            return default;
        }

        // What is only taken away joins what stood around it.
        start = lineStart;
        var rest = after[end..].IndexOf((byte)'\n');
        return after[start..(rest < 0 ? after.Length : end + rest)];
    }
}
