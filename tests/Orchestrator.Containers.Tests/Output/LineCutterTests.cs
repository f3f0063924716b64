using System.Text;

namespace Orchestrator.Containers.Output;

public sealed class LineCutterTests
{
    private const int Limit = LineCutter.MaxLineBytes;

    [Fact]
    public void Bytes_are_cut_into_lines_wherever_they_are_split()
    {
        var bytes = Encoding.UTF8.GetBytes("a\r\n\nü✓\nlast");
        for (var at = 0; at <= bytes.Length; at++)
        {
            var cutter = new LineCutter();

            var lines = cutter.Add(bytes.AsSpan(0, at)).Concat(cutter.Add(bytes.AsSpan(at))).ToList();

            Assert.Equal([("a", 3L), ("", 4L), ("ü✓", 10L)], lines);
            Assert.Equal("last", cutter.Finish());
            Assert.Null(cutter.Finish());
        }
    }

    [Fact]
    public void A_line_beyond_the_limit_comes_in_pieces_that_tell_where_they_end()
    {
        var cutter = new LineCutter(position: 7);
        var text = "x" + string.Concat(Enumerable.Repeat("€", Limit));

        var lines = Encoding.UTF8.GetBytes(text + "\nnext\n").Chunk(99_999).SelectMany(part => cutter.Add(part)).ToList();

        Assert.Equal("next", lines[^1].Text);
        Assert.Equal(text, string.Concat(lines.SkipLast(1).Select(line => line.Text)));
        Assert.All(lines, line => Assert.True(Encoding.UTF8.GetByteCount(line.Text) <= Limit));
        Assert.Equal(7 + (3L * Limit) + 2, lines[^2].End);
        Assert.Equal(lines[..^2].Aggregate((Sum: 7L, Ends: new List<long>()), (so, line) =>
        {
            so.Ends.Add(so.Sum + Encoding.UTF8.GetByteCount(line.Text));
            return (so.Ends[^1], so.Ends);
        }).Ends, lines[..^2].Select(line => line.End));
    }

    [Theory]
    [InlineData(Limit, "\n", 1)]
    [InlineData(Limit, "\r\n", 1)]
    [InlineData(Limit + 1, "\n", 2)]
    [InlineData(Limit * 2, "", 2)]
    public void A_line_at_the_limit_leaves_no_empty_piece(int length, string end, int pieces)
    {
        var cutter = new LineCutter();

        var lines = cutter.Add(Encoding.UTF8.GetBytes(new string('x', length) + end)).ConvertAll(line => line.Text);
        if (cutter.Finish() is { } last)
        {
            lines.Add(last);
        }

        Assert.Equal(pieces, lines.Count);
        Assert.Equal(length, lines.Sum(line => line.Length));
        Assert.DoesNotContain("", lines);
    }

    [Fact]
    public void What_is_no_text_is_replaced()
    {
        Assert.Equal([("\ufffdx", 3L)], new LineCutter().Add([0xff, (byte)'x', (byte)'\n']));
    }
}
