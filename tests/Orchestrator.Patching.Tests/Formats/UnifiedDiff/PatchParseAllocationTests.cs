using System.Text;

namespace Orchestrator.Patching;

public sealed class PatchParseAllocationTests
{
    [Fact]
    public void Reading_a_diff_allocates_by_hunk_and_not_by_line()
    {
        var (few, many) = (Diff(linesPerHunk: 20), Diff(linesPerHunk: 2000));

        var (fewBytes, manyBytes) = (Allocated(few), Allocated(many));

        Assert.InRange(manyBytes, 0, fewBytes + 4096);
        Assert.InRange(fewBytes / (200 + 20), 0, 600);
    }

    /// <summary>20 files with 10 hunks each.</summary>
    private static byte[] Diff(int linesPerHunk)
    {
        var text = new StringBuilder();
        for (var file = 0; file < 20; file++)
        {
            text.Append($"diff --git a/f{file} b/f{file}\n--- a/f{file}\n+++ b/f{file}\n");
            for (var hunk = 0; hunk < 10; hunk++)
            {
                text.Append($"@@ -{(hunk * 5000) + 1},{linesPerHunk} +{(hunk * 5000) + 1},{linesPerHunk} @@\n");
                text.Append(string.Concat(Enumerable.Repeat(" a line of context\n", linesPerHunk - 1))).Append("-old\n+new\n");
            }
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static long Allocated(byte[] diff)
    {
        var manager = new PatchManager();
        Assert.Equal(200, manager.Read(diff).Files.Sum(static file => file.Edits.Count));

        var before = GC.GetAllocatedBytesForCurrentThread();
        var patch = manager.Parse(diff, "task").Patch;
        var after = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(20, patch!.Files.Count);
        return after - before;
    }
}
