using System.Buffers;
using System.Text;

namespace Orchestrator.Patching;

/// <summary>Gathers the text of a patch that is written.</summary>
internal sealed class TextOutput
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public void Line(string text)
    {
        Write(text);
        _bytes.Write("\n"u8);
    }

    public void Write(string text) => Encoding.UTF8.GetBytes(text, _bytes);

    /// <summary>Writes lines as they are; the last gets an end when it has none.</summary>
    public void Lines(ReadOnlySpan<byte> lines)
    {
        _bytes.Write(lines);
        if (!lines.IsEmpty && lines[^1] != '\n')
        {
            _bytes.Write("\n"u8);
        }
    }

    /// <summary>Writes lines, each behind a sign.</summary>
    public void Lines(char sign, ReadOnlySpan<byte> lines)
    {
        while (!lines.IsEmpty)
        {
            var end = lines.IndexOf((byte)'\n');
            var line = end < 0 ? lines : lines[..(end + 1)];
            _bytes.Write([(byte)sign]);
            Lines(line);
            lines = lines[line.Length..];
        }
    }

    public PatchContent ToContent() => new(_bytes.WrittenMemory);

    /// <summary>A fence that is longer than every one within.</summary>
    public static string Fence(params ReadOnlySpan<ReadOnlyMemory<byte>> contents)
    {
        var longest = 2;
        foreach (var content in contents)
        {
            var run = 0;
            foreach (var b in content.Span)
            {
                run = b == '`' ? run + 1 : 0;
                longest = Math.Max(longest, run);
            }
        }

        return new string('`', longest + 1);
    }
}
