using System.Security.Cryptography;

namespace Orchestrator.Patching;

/// <summary>What a report tells about a file.</summary>
internal static class FileFacts
{
    private const int MaxLines = 10_000;

    public static PatchDiagnosis Of(TextLines file) => new()
    {
        FileHash = Convert.ToHexStringLower(SHA256.HashData(file.Span)),
        FileLines = file.Count,
        LineEnds = LineEnds.Describe(file),
        Indentation = Indentation(file),
        HasFinalNewline = file.Bytes.IsEmpty ? null : file.HasFinalEnd,
    };

    private static string Indentation(TextLines file)
    {
        bool tabs = false, spaces = false;
        for (var line = 0; line < Math.Min(file.Count, MaxLines); line++)
        {
            var content = file.Content(line);
            tabs |= content.Length > 0 && content[0] == '\t';
            spaces |= content.StartsWith("  "u8);
        }

        return (tabs, spaces) switch
        {
            (true, true) => "mixed",
            (true, false) => "tabs",
            (false, true) => "spaces",
            _ => "none",
        };
    }
}
