using System.Text;
using Orchestrator.Secrets;

namespace Orchestrator.Patching;

/// <summary>Looks for known secrets in what a patch adds.</summary>
internal static class SecretScan
{
    /// <summary>Whether the name or the lines that differ hold a known secret.</summary>
    public static bool BringsSecret(ISecretRedactor redactor, string path, FileImage? before, FileImage after) =>
        Holds(redactor, path) || Holds(redactor, Encoding.Latin1.GetString(Added(before is null ? default : before.Bytes.Span, after.Bytes.Span)))
        || Holds(redactor, Encoding.UTF8.GetString(Added(before is null ? default : before.Bytes.Span, after.Bytes.Span)));

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
        if (start == end)
        {
            return default;
        }

        start = after[..start].LastIndexOf((byte)'\n') + 1;
        var rest = after[end..].IndexOf((byte)'\n');
        return after[start..(rest < 0 ? after.Length : end + rest)];
    }
}
