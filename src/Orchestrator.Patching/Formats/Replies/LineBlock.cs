using System.Buffers;

namespace Orchestrator.Patching;

/// <summary>Gathers lines of text; each gets a line feed.</summary>
internal sealed class LineBlock
{
    private readonly ArrayBufferWriter<byte> _lines = new();

    public bool IsEmpty => _lines.WrittenCount == 0;

    public void Add(ReadOnlySpan<byte> line, bool withoutCarriageReturn)
    {
        _lines.Write(withoutCarriageReturn && line.EndsWith("\r"u8) ? line[..^1] : line);
        _lines.Write("\n"u8);
    }

    public PatchContent ToContent() => new(_lines.WrittenMemory);
}
