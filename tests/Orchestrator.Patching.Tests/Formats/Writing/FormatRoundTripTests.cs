using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Testing;

namespace Orchestrator.Patching;

/// <summary>What a writer writes is told apart from the other forms (whole files that hold patches may be refused, and are never taken for another), is read back, and does what it was written from.</summary>
public sealed class FormatRoundTripTests
{
    private static readonly Config Repeatable = Config.QuickThrowOnFailure.WithMaxTest(400).WithReplay(20260305, 11);

    private static readonly string[] Plain = ["one", "two", "three", "", "    four", "\tfive", "}", "x = \"1\";", "é 日本 😀", "a b c"];

    private static readonly string[] Odd =
        ["```", "````cs", "<<<<<<< SEARCH", "=======", ">>>>>>> REPLACE", "*** End Patch", "*** End of File", "*** Update File: x", "@@", "@@ -1 +1 @@", "+a", "-b", " c", "--- a", "+++ b",
            "diff --git a/x b/x", "{\"operation\": 1}", "// ... existing code ...", "a.txt", "\\ No newline", "%20"];

    public static TheoryData<PatchFormat, int> Formats => new()
    {
        { PatchFormat.UnifiedDiff, 390 },
        { PatchFormat.PatchSet, 390 },
        { PatchFormat.LspEdit, 390 },
        { PatchFormat.ApplyPatch, 150 },
        { PatchFormat.StrReplace, 100 },
        { PatchFormat.AIPatch, 80 },
        { PatchFormat.SearchReplace, 50 },
        { PatchFormat.WholeFile, 40 },
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public void What_is_written_reads_back_as_the_same_change(PatchFormat format, int least)
    {
        var written = 0;
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var (before, after, pairs) = Make(SeededRandom.Create(seed));
            PatchContent text;
            try
            {
                text = PatchWriter.Write(pairs, new PatchSet { TaskId = "task", Files = [] }, format, workspace: null);
            }
            catch (PatchingException error) when (error.Code == PatchingException.FormatInsufficient)
            {
                return;
            }

            var again = ParserCalls.Read(text.ToString(), format);
            Assert.Equal(after, ReferencePatch.Apply(before, again));
            var told = ParserCalls.Try(text.ToString());
            Assert.True(told.Patch is { } patch ? patch == again : format == PatchFormat.WholeFile, told.Error?.Message);
            written++;
        }).Check(Repeatable);

        Assert.InRange(written, least, int.MaxValue);
    }

    /// <summary>Up to three files: made, changed, deleted, renamed; at least one of them differs.</summary>
    private static (SortedDictionary<string, string> Before, SortedDictionary<string, string> After, List<FilePair> Pairs) Make(Random random)
    {
        var before = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var after = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var pairs = new List<FilePair>();
        var lines = random.Next(3) == 0 ? [.. Plain, .. Odd] : Plain;
        for (var i = 0; i <= random.Next(3); i++)
        {
            var path = random.Next(4) == 0 ? $"dir {i}/é{i}.txt" : $"src/f{i}.cs";
            var text = Content(random, lines);
            var changed = Change(random, lines, text);
            switch (random.Next(8))
            {
                case 0:
                    Add(FileOperation.Create, null, null, changed);
                    break;
                case 1:
                    Add(FileOperation.Delete, null, text, null);
                    break;
                case 2:
                    Add(FileOperation.Rename, path + ".old", text, random.Next(2) == 0 ? text : changed);
                    break;
                default:
                    Add(FileOperation.Modify, null, text, changed == text ? text + "more\n" : changed);
                    break;
            }

            void Add(FileOperation operation, string? oldPath, string? from, string? to)
            {
                pairs.Add(new FilePair(new FilePatch { Path = path, OldPath = oldPath, Operation = operation }, Image(from), Image(to)));
                if (from is not null)
                {
                    before[oldPath ?? path] = from;
                }

                if (to is not null)
                {
                    after[path] = to;
                }
            }
        }

        return (before, after, pairs);
    }

    private static FileImage? Image(string? text) => text is null ? null : new FileImage(EntryKind.File, Encoding.UTF8.GetBytes(text), default);

    private static string Content(Random random, string[] lines)
    {
        var end = random.Next(4) == 0 ? "\r\n" : "\n";
        var text = string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => lines[random.Next(lines.Length)] + (random.Next(40) == 0 ? "\r\n" : end)));
        text = random.Next(6) == 0 ? text.TrimEnd('\n', '\r') : text;
        return random.Next(8) == 0 ? "\uFEFF" + text : text;
    }

    private static string Change(Random random, string[] lines, string text)
    {
        var parts = text.Split('\n').ToList();
        for (var i = 0; i <= random.Next(4); i++)
        {
            var at = random.Next(parts.Count);
            switch (random.Next(3))
            {
                case 0:
                    parts.Insert(at, lines[random.Next(lines.Length)]);
                    break;
                case 1 when parts.Count > 2:
                    parts.RemoveAt(Math.Min(at, parts.Count - 2));
                    break;
                default:
                    parts[at] = at == parts.Count - 1 ? parts[at] : lines[random.Next(lines.Length)] + (parts[at].EndsWith('\r') ? "\r" : "");
                    break;
            }
        }

        return string.Join('\n', parts);
    }
}
