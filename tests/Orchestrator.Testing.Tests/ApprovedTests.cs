using Xunit.Sdk;

namespace Orchestrator.Testing.Tests;

public sealed class ApprovedTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Equal_text_passes_whatever_its_line_ends()
    {
        var file = _folder.Write("approved.txt", "one\r\ntwo\r\n");

        var failure = Record.Exception(() => Approved.Match("one\ntwo", file));

        Assert.Null(failure);
    }

    [Fact]
    public void Different_text_fails_and_shows_only_the_lines_that_differ()
    {
        var file = _folder.Write("approved.txt", "one\ntwo\nthree\n");

        var failure = Assert.ThrowsAny<XunitException>(() => Approved.Match("one\nzwei\nthree\n", file));

        Assert.Contains("UPDATE_APPROVED=1", failure.Message, StringComparison.Ordinal);
        Assert.Contains("from line 2:\n- two\n+ zwei\n", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("three", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_difference_is_cut_short()
    {
        var file = _folder.Write("approved.txt", string.Empty);

        var failure = Assert.ThrowsAny<XunitException>(() => Approved.Match(string.Join('\n', Enumerable.Range(0, 500)), file));

        Assert.Contains("more lines", failure.Message, StringComparison.Ordinal);
        Assert.True(failure.Message.Length < 2000);
    }

    [Fact]
    public void A_missing_file_fails_and_is_not_written()
    {
        var file = _folder.Combine("missing.txt");

        Assert.ThrowsAny<XunitException>(() => Approved.Match("text", file));

        Assert.False(File.Exists(file));
    }
}
