using System.Text;

namespace Orchestrator.Patching;

/// <summary>Writes a line so that its white space can be seen.</summary>
internal static class VisibleText
{
    private const int MaxBytes = 160;

    /// <summary>The line with <c>·</c> for a space, <c>→</c> for a tab and <c>␍</c> for a carriage return; cut when it is long.</summary>
    public static string Of(ReadOnlySpan<byte> line)
    {
        var cut = line[..Math.Min(line.Length, MaxBytes)];
        var text = new StringBuilder(Encoding.UTF8.GetString(cut));
        text.Replace(' ', '·').Replace('\t', '→').Replace('\r', '␍').Replace('\u00A0', '⍽').Replace("\uFEFF", "<BOM>");
        return (cut.Length < line.Length ? text.Append('…') : text).ToString();
    }
}
