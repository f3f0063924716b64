using System.Buffers.Binary;
using System.Text;
using Orchestrator.Containers.Output;

namespace Orchestrator.Containers.Docker;

/// <summary>Takes apart the two streams that an engine sends in one: frames of a kind, three zeros, a length and so many bytes.</summary>
/// <remarks>Not thread-safe. Frames are never held whole: a length that lies costs no memory.</remarks>
internal sealed class FrameParser
{
    private const int HeaderLength = 8;
    private const uint MaxFrame = 64 * 1024 * 1024;
    private const byte ErrorKind = 2;
    private const byte FailureKind = 3;
    private const int MaxFailure = 4096;
    private readonly byte[] _header = new byte[HeaderLength];
    private readonly LineCutter _output = new();
    private readonly LineCutter _error = new();
    private readonly List<byte> _failure = [];
    private bool _hasFailed;
    private int _headerFilled;
    private uint _left;

    /// <summary>Takes the next bytes.</summary>
    /// <param name="bytes">The bytes, cut anywhere.</param>
    /// <param name="lines">Gets the lines that are whole now.</param>
    /// <exception cref="DockerException">The bytes are no frames, or the engine failed.</exception>
    public void Feed(ReadOnlySpan<byte> bytes, List<ContainerOutput> lines)
    {
        while (!bytes.IsEmpty)
        {
            if (_left == 0)
            {
                var taken = Math.Min(HeaderLength - _headerFilled, bytes.Length);
                bytes[..taken].CopyTo(_header.AsSpan(_headerFilled));
                bytes = bytes[taken..];
                _headerFilled += taken;
                if (_headerFilled == HeaderLength)
                {
                    _left = ReadHeader();
                    _headerFilled = 0;
                }

                continue;
            }

            var part = bytes[..(int)Math.Min(_left, bytes.Length)];
            Take(part, lines);
            bytes = bytes[part.Length..];
            _left -= (uint)part.Length;
        }
    }

    /// <summary>Says that no more bytes come.</summary>
    /// <param name="lines">Gets the lines without an end.</param>
    /// <exception cref="DockerException">The last frame is not whole, or the engine said in the middle of the output that it failed.</exception>
    public void Complete(List<ContainerOutput> lines)
    {
        AddLast(_output, isError: false, lines);
        AddLast(_error, isError: true, lines);
        if (_left != 0 || _headerFilled != 0)
        {
            throw new DockerException(DockerException.Unavailable, "The connection to the Docker Engine broke in the middle of a command's or program's output.");
        }

        if (_hasFailed)
        {
            throw new DockerException(
                DockerException.Failed, $"The Docker Engine broke off a command's or program's output: {DockerErrors.Line(Encoding.UTF8.GetString([.. _failure]))}");
        }
    }

    private static void AddLast(LineCutter cutter, bool isError, List<ContainerOutput> lines)
    {
        if (cutter.Finish() is { } last)
        {
            lines.Add(new ContainerOutput(last, isError));
        }
    }

    private void Take(ReadOnlySpan<byte> part, List<ContainerOutput> lines)
    {
        if (_header[0] == FailureKind)
        {
            _failure.AddRange(part[..Math.Min(part.Length, MaxFailure - _failure.Count)]);
            return;
        }

        var isError = _header[0] == ErrorKind;
        foreach (var (text, _) in (isError ? _error : _output).Add(part))
        {
            lines.Add(new ContainerOutput(text, isError));
        }
    }

    private uint ReadHeader()
    {
        var length = BinaryPrimitives.ReadUInt32BigEndian(_header.AsSpan(4));
        _hasFailed |= _header[0] == FailureKind;
        return _header[0] <= FailureKind && _header[1] == 0 && _header[2] == 0 && _header[3] == 0 && length <= MaxFrame
            ? length
            : throw new DockerException(DockerException.Protocol, "The Docker Engine sent output that is not made of frames.");
    }
}
