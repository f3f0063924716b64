using System.Text;
using Microsoft.CodeAnalysis.Text;

namespace Orchestrator.Benchmarks;

/// <summary>A tree of 1,000 files of 8 KB, and a unified diff of it with one hunk for each.</summary>
internal static class ManyFiles
{
    public const int Count = 1000;
    private const int Lines = 200;

    public static byte[] Diff() => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, Count).Select(Hunk)));

    public static IEnumerable<string> Paths(string root) => Enumerable.Range(0, Count).Select(file => Path.Combine(root, Name(file)));

    public static void Write(string root)
    {
        for (var file = 0; file < Count; file++)
        {
            var path = Path.Combine(root, Name(file));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, Text(file, isChanged: false));
        }
    }

    /// <summary>Throws unless the whole diff was applied to the tree.</summary>
    public static void Check(string root)
    {
        for (var file = 0; file < Count; file++)
        {
            if (File.ReadAllText(Path.Combine(root, Name(file))) != Text(file, isChanged: true))
            {
                throw new InvalidOperationException($"The patch was not applied to {Name(file)}: the measurement would mean nothing.");
            }
        }
    }

    /// <summary>What the diff says done with Roslyn, without reading the diff: each file read, changed and written in place.</summary>
    public static void ChangeWithRoslyn(string root)
    {
        for (var file = 0; file < Count; file++)
        {
            var path = Path.Combine(root, Name(file));
            var bytes = File.ReadAllBytes(path);
            var text = SourceText.From(bytes, bytes.Length, Encoding.UTF8);
            var change = new TextChange(text.Lines[Middle(file) - 1].SpanIncludingLineBreak, ChangedLine(Middle(file)));
            File.WriteAllBytes(path, Encoding.UTF8.GetBytes(text.WithChanges(change).ToString()));
        }
    }

    private static string Text(int file, bool isChanged) => string.Concat(
        Enumerable.Range(1, Lines).Select(line => isChanged && line == Middle(file) ? ChangedLine(line) : Line(file, line)));

    private static string Hunk(int file)
    {
        var middle = Middle(file);
        var text = new StringBuilder($"diff --git a/{Name(file)} b/{Name(file)}\n--- a/{Name(file)}\n+++ b/{Name(file)}\n@@ -{middle - 3},7 +{middle - 3},7 @@\n");
        for (var line = middle - 3; line <= middle + 3; line++)
        {
            text.Append(line == middle ? $"-{Line(file, line)}+{ChangedLine(line)}" : $" {Line(file, line)}");
        }

        return text.ToString();
    }

    private static int Middle(int file) => (Lines / 2) + (file % 20);

    private static string Name(int file) => $"src/folder{file % 40}/file{file}.cs";

    private static string Line(int file, int line) => $"    public int Value{line} => {file} + {line}; // text\n";

    private static string ChangedLine(int line) => $"    // changed {line}\n";
}
