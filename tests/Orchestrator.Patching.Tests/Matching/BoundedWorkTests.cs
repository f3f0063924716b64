using System.Diagnostics;
using System.Text;
using static Orchestrator.Patching.MatchCalls;

namespace Orchestrator.Patching;

/// <summary>Files and patches that are made to take long do not.</summary>
public sealed class BoundedWorkTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public void A_million_equal_lines_stay_bounded()
    {
        var before = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("same\n", 1_000_000)));
        var block = string.Concat(Enumerable.Repeat("same\n", 50));

        Timed(() =>
        {
            Assert.Equal(PatchConflictCode.Ambiguous, Refused(Apply(before, new MatchSettings(), Lines(block, "x\n"))).Code);
            Assert.Equal(PatchConflictCode.ContextNotFound, Refused(Apply(before, new MatchSettings(), Lines(block + "other\n", "x\n"))).Code);
            Assert.NotNull(Apply(before, new MatchSettings(), Bytes(block, "x\n", 500_000)).After);
        });
    }

    [Fact]
    public void A_search_beyond_its_budget_is_too_complex()
    {
        var before = string.Concat(Enumerable.Repeat("same\n", 100_000));
        var block = string.Concat(Enumerable.Repeat("same\n", 5_000));

        Timed(() => Assert.Equal(
            PatchConflictCode.TooComplex, Refused(Apply(before, new MatchSettings { MaxWork = 1_000_000 }, Lines(block, "x\n"))).Code));
    }

    [Fact]
    public void A_line_of_a_megabyte_stays_bounded()
    {
        var line = string.Concat(Enumerable.Repeat("ab", 500_000));
        var edits = Enumerable.Range(0, 5_000).Select(i => Range(1, (i * 100) + 1, 1, (i * 100) + 2, "x")).ToArray();

        Timed(() =>
        {
            Assert.Equal(line.Length + 1, After(line + "end", Lines("bend", "bendy")).Length - 3);
            Assert.Equal(PatchConflictCode.TooComplex, Refused(Apply(line, Lines(line[..400_000] + "z", "x"))).Code);
            Assert.StartsWith("xbab", After(line, edits), StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Ten_thousand_hunks_that_all_moved_stay_bounded()
    {
        var before = new StringBuilder("new\nnew\n");
        var edits = new List<PatchEdit>();
        for (var i = 1; i <= 100_000; i++)
        {
            before.Append(System.Globalization.CultureInfo.InvariantCulture, $"line {i} of many\n");
            if (i % 10 == 0)
            {
                // Every hint is wrong by another distance, so that every place must be looked for.
                edits.Add(Bytes($"line {i} of many\n", $"LINE {i}\n", Math.Max(1, i - (i % 7000))));
            }
        }

        Timed(() => Assert.Equal(10_000, After(before.ToString(), [.. edits]).Split('\n').Count(static line => line.StartsWith("LINE", StringComparison.Ordinal))));
    }

    private static void Timed(Action action)
    {
        var watch = Stopwatch.StartNew();
        action();
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, Limit);
    }
}
