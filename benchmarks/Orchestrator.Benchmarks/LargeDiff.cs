using System.Text;

namespace Orchestrator.Benchmarks;

/// <summary>Makes the same large diff every time.</summary>
internal static class LargeDiff
{
    public const int Files = 3187;
    public const int HunksPerFile = 10;
    private const int Size = 50_000_000;
    private const int LinesPerHunk = 30;

    public static byte[] Make()
    {
        var text = new StringBuilder(Size + (Size / 10));
        for (var file = 0; file < Files; file++)
        {
            var name = $"src/folder{file % 61}/part{file % 7}/File{file}.cs";
            text.Append($"diff --git a/{name} b/{name}\nindex {file + 0x1000000:x7}..{file + 0x2000000:x7} 100644\n--- a/{name}\n+++ b/{name}\n");
            for (var hunk = 0; hunk < HunksPerFile; hunk++)
            {
                AppendHunk(text, file, hunk);
            }
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void AppendHunk(StringBuilder text, int file, int hunk)
    {
        var start = (hunk * 200) + 1;
        text.Append($"@@ -{start},{LinesPerHunk} +{start},{LinesPerHunk} @@ public int Value{file}()\n");
        for (var line = 0; line < LinesPerHunk; line++)
        {
            var content = $"{new string(' ', 4 * (line % 4))}var value{line} = Compute({file}, {hunk}, {line % 9});";
            if (line is >= 3 and < LinesPerHunk - 3 && line % 5 == 0)
            {
                text.Append($"-{content}\n+{content} // changed\n");
            }
            else
            {
                text.Append($" {content}\n");
            }
        }
    }
}
