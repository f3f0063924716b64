using System.Text;

namespace Orchestrator.Containers.Output;

/// <summary>Cuts bytes, as they come, into lines of text. What is not UTF-8 becomes U+FFFD; a carriage return before the end of a line is dropped.</summary>
/// <remarks>
/// The one behaviour of all engines: a line beyond 1 MiB comes in pieces of at most that size, none of which splits a character. Nothing is lost, and what an instance
/// prints decides nothing about the memory of the orchestrator. Not thread-safe.
/// </remarks>
/// <param name="position">Where the bytes begin in their stream.</param>
internal sealed class LineCutter(long position = 0)
{
    public const int MaxLineBytes = 1024 * 1024;

    private const int FirstSize = 256;
    private const int MaxContinuation = 3;

    private byte[] _pending = new byte[FirstSize];
    private int _length;
    private long _position = position;
    private bool _isRest;

    /// <summary>Takes bytes.</summary>
    /// <returns>The lines and pieces that they complete, each with where it ends in the stream.</returns>
    public List<(string Text, long End)> Add(ReadOnlySpan<byte> bytes)
    {
        var lines = new List<(string, long)>();
        for (var end = bytes.IndexOf((byte)'\n'); end >= 0; end = bytes.IndexOf((byte)'\n'))
        {
            Keep(bytes[..end], lines);
            _position++;
            var isRest = _isRest;
            if (Take() is var text && (text.Length > 0 || !isRest))
            {
                lines.Add((text, _position));
            }

            bytes = bytes[(end + 1)..];
        }

        Keep(bytes, lines);
        return lines;
    }

    /// <summary>The last line, when it has no end.</summary>
    public string? Finish() => _length > 0 ? Take() : null;

    private void Keep(ReadOnlySpan<byte> bytes, List<(string Text, long End)> lines)
    {
        while (bytes.Length > MaxLineBytes - _length)
        {
            var part = bytes[..(MaxLineBytes - _length)];
            Store(part);
            bytes = bytes[part.Length..];
            lines.Add(TakePiece());
        }

        Store(bytes);
    }

    private void Store(ReadOnlySpan<byte> bytes)
    {
        if (_length + bytes.Length > _pending.Length)
        {
            Array.Resize(ref _pending, Math.Min(MaxLineBytes, Math.Max(_length + bytes.Length, _pending.Length * 2)));
        }

        bytes.CopyTo(_pending.AsSpan(_length));
        _length += bytes.Length;
        _position += bytes.Length;
    }

    private string Take()
    {
        var line = _pending.AsSpan(0, _length);
        (_length, _isRest) = (0, false);
        return Encoding.UTF8.GetString(line is [.., (byte)'\r'] ? line[..^1] : line);
    }

    /// <summary>What fills the buffer, but for the beginning of a character whose rest is still to come.</summary>
    private (string Text, long End) TakePiece()
    {
        var cut = _length;
        for (var back = 1; back <= MaxContinuation && back < _length; back++)
        {
            var one = _pending[_length - back];
            if (one >= 0xC0)
            {
                cut = _length - back;
            }

            if ((one & 0xC0) != 0x80)
            {
                break;
            }
        }

        var text = Encoding.UTF8.GetString(_pending.AsSpan(0, cut));
        _pending.AsSpan(cut, _length - cut).CopyTo(_pending);
        (_length, _isRest) = (_length - cut, true);
        return (text, _position - _length);
    }
}
