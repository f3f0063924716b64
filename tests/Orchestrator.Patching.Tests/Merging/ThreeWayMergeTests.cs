using System.Text;

namespace Orchestrator.Patching;

public sealed class ThreeWayMergeTests
{
    private const string Base = "a\nb\nc\nd\ne\nf\n";

    [Theory]
    [InlineData("A\nb\nc\nd\ne\nf\n", "a\nb\nc\nd\ne\nF\n", "A\nb\nc\nd\ne\nF\n")]
    [InlineData("x\na\nb\nc\nd\ne\nf\n", "a\nb\nc\ne\nf\n", "x\na\nb\nc\ne\nf\n")]
    [InlineData("a\nB\nc\nd\ne\nf\n", "a\nB\nc\nd\ne\nf\n", "a\nB\nc\nd\ne\nf\n")]
    [InlineData(Base, "a\nb\n", "a\nb\n")]
    [InlineData("a\nb\n", Base, "a\nb\n")]
    [InlineData("1\n2\na\nb\nc\nd\ne\nf\n", "a\nb\nc\nnew\nd\ne\nf", "1\n2\na\nb\nc\nnew\nd\ne\nf")]
    public void Changes_of_different_lines_are_both_taken(string ours, string theirs, string merged)
    {
        var result = Merge(ours, theirs);

        Assert.Empty(result.Conflicts);
        Assert.Equal(merged, Encoding.UTF8.GetString(result.Text.Span));
    }

    [Theory]
    [InlineData("a\nB\nc\nd\ne\nf\n", "a\nx\nc\nd\ne\nf\n", 1, 1)]
    [InlineData("a\nb\nc\nX\ne\nf\n", "a\nb\nY\nd\ne\nf\n", 2, 2)]
    [InlineData("a\nb\nnew\nc\nd\ne\nf\n", "a\nb\nother\nc\nd\ne\nf\n", 2, 0)]
    public void Changes_of_the_same_or_touching_lines_conflict(string ours, string theirs, int start, int count)
    {
        var conflict = Assert.Single(Merge(ours, theirs).Conflicts);

        Assert.Equal((start, count), (conflict.BaseStart, conflict.BaseCount));
    }

    [Fact]
    public void Markers_are_written_only_when_asked_for()
    {
        var merged = ThreeWayMerge.Merge(Bytes("a\nb\nc\n"), Bytes("a\nB\nc\n"), Bytes("a\nx\nc\n"), writesMarkers: true);

        Assert.Equal("a\n<<<<<<< tree\nB\n=======\nx\n>>>>>>> patch\nc\n", Encoding.UTF8.GetString(merged.Text.Span));
    }

    /// <summary>Each side changes lines of its own, never touching; the model applies both to the list of lines.</summary>
    [Fact]
    public void Random_changes_that_never_touch_are_all_taken()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var (before, ours, theirs, both) = (new StringBuilder(), new StringBuilder(), new StringBuilder(), new StringBuilder());
            for (var line = 0; line < 60; line++)
            {
                var text = $"line {line}\n";
                before.Append(text);
                var changed = random.Next(3) switch { 0 => "", 1 => $"changed {line}\n", _ => $"{text}more {line}\n" };
                var side = line % 2 == 0 ? random.Next(3) : 2;
                ours.Append(side == 0 ? changed : text);
                theirs.Append(side == 1 ? changed : text);
                both.Append(side < 2 ? changed : text);
            }

            var result = ThreeWayMerge.Merge(Bytes(before.ToString()), Bytes(ours.ToString()), Bytes(theirs.ToString()));

            Assert.Empty(result.Conflicts);
            Assert.Equal(both.ToString(), Encoding.UTF8.GetString(result.Text.Span));
        }
    }

    private static MergeResult Merge(string ours, string theirs) => ThreeWayMerge.Merge(Bytes(Base), Bytes(ours), Bytes(theirs));

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
