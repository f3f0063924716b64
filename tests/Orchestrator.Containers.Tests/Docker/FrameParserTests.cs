using System.Buffers.Binary;
using System.Text;

namespace Orchestrator.Containers.Docker;

public sealed class FrameParserTests
{
    [Fact]
    public void Frames_cut_anywhere_give_the_same_lines()
    {
        byte[] stream = [.. Frame(1, "one\ntw"), .. Frame(2, "err ✓\r\n"), .. Frame(1, "o\n\n"), .. Frame(0, ""), .. Frame(1, "end"), .. Frame(2, "last")];
        ContainerOutput[] expected = [new("one"), new("err ✓", IsError: true), new("two"), new(""), new("end"), new("last", IsError: true)];

        Assert.All(Enumerable.Range(1, stream.Length), size => Assert.Equal(expected, Parse(stream.Chunk(size))));
    }

    [Theory]
    [InlineData(4, 0, 0, 0)]
    [InlineData(255, 0, 0, 0)]
    [InlineData(1, 1, 0, 0)]
    [InlineData(1, 0, 7, 0)]
    [InlineData(1, 0, 0, 9)]
    public void A_header_that_is_none_is_refused(byte kind, byte first, byte second, byte third)
    {
        var error = Assert.Throws<DockerException>(() => Parse([[kind, first, second, third, 0, 0, 0, 1, 65]]));

        Assert.Equal(DockerException.Protocol, error.Code);
    }

    [Fact]
    public void A_length_that_lies_is_refused()
    {
        Assert.Equal(DockerException.Protocol, Assert.Throws<DockerException>(() => Parse([[1, 0, 0, 0, 255, 255, 255, 255]])).Code);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(10)]
    public void An_end_in_the_middle_of_a_frame_is_a_broken_connection(int length)
    {
        var error = Assert.Throws<DockerException>(() => Parse([Frame(1, "text\n")[..length]]));

        Assert.Equal(DockerException.Unavailable, error.Code);
        Assert.True(error.IsTransient);
    }

    [Fact]
    public void A_line_without_end_comes_in_pieces_that_split_no_character()
    {
        var text = "x" + string.Concat(Enumerable.Repeat("€", 1_000_000));

        var lines = Parse([Frame(1, text)]);

        Assert.Equal(text, string.Concat(lines.Select(line => line.Text)));
        Assert.Equal(3, lines.Count);
        Assert.All(lines, line => Assert.True(Encoding.UTF8.GetByteCount(line.Text) <= 1024 * 1024));
    }

    [Fact]
    public void Bytes_that_are_no_text_do_no_harm()
    {
        Assert.Equal([new("\uFFFD\uFFFD")], Parse([[1, 0, 0, 0, 0, 0, 0, 3, 0xFF, 0xFE, 10]]));
    }

    [Theory]
    [InlineData("error from daemon:\nlog\u0007 is gone", ": error from daemon: log  is gone")]
    [InlineData("", ": no reason given")]
    public void What_the_engine_says_of_its_own_failure_in_the_middle_of_output_becomes_the_failure(string said, string told)
    {
        var parser = new FrameParser();
        var lines = new List<ContainerOutput>();
        foreach (var part in ((byte[])[.. Frame(1, "one\n"), .. Frame(3, said)]).Chunk(5))
        {
            parser.Feed(part, lines);
        }

        var error = Assert.Throws<DockerException>(() => parser.Complete(lines));

        Assert.Equal([new("one")], lines);
        Assert.Equal(DockerException.Failed, error.Code);
        Assert.EndsWith(told, error.Message, StringComparison.Ordinal);
    }

    private static byte[] Frame(byte kind, string text)
    {
        var payload = Encoding.UTF8.GetBytes(text);
        byte[] frame = [kind, 0, 0, 0, 0, 0, 0, 0, .. payload];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), payload.Length);
        return frame;
    }

    private static List<ContainerOutput> Parse(IEnumerable<byte[]> parts)
    {
        var parser = new FrameParser();
        var lines = new List<ContainerOutput>();
        foreach (var part in parts)
        {
            parser.Feed(part, lines);
        }

        parser.Complete(lines);
        return lines;
    }
}
