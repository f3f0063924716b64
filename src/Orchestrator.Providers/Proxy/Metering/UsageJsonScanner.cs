using System.Buffers;

namespace Orchestrator.Providers.Proxy.Metering;

/// <summary>Walks through JSON byte by byte and hands over the objects of usage at its top, or in the object that wraps it.</summary>
/// <param name="found">Gets an object of usage, and whether it stood in a message.</param>
internal sealed class UsageJsonScanner(Action<ReadOnlyMemory<byte>, bool> found)
{
    private const int MaxKey = 16;
    private const int MaxUsage = 16 * 1024;

    private readonly byte[] _key = new byte[MaxKey];
    private readonly ArrayBufferWriter<byte> _usage = new();
    private int _depth;
    private int _usageDepth; // Where the object of usage began; 0 outside of one.
    private int _keyLength;
    private bool _isString;
    private bool _isEscaped;
    private bool _isName; // Whether the last string was followed by a colon.
    private bool _isWrapped; // Whether what is being read stands in a known wrapper,
    private bool _isMessage; // and whether that is a message, whose usage is told again when it ends.

    public void Reset()
    {
        (_depth, _usageDepth, _keyLength) = (0, 0, 0);
        _isString = _isEscaped = _isName = _isWrapped = _isMessage = false;
        _usage.ResetWrittenCount();
    }

    public void Read(ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            if (_isString)
            {
                i += ReadString(bytes[i..]);
                continue;
            }

            Keep(bytes.Slice(i, 1));
            ReadStructure(bytes[i]);
        }
    }

    /// <summary>Reads within a string; gives how many bytes more than one were read.</summary>
    private int ReadString(ReadOnlySpan<byte> bytes)
    {
        if (_isEscaped)
        {
            _isEscaped = false;
            _keyLength = MaxKey + 1; // No name that we look for has an escape.
            Keep(bytes[..1]);
            return 0;
        }

        var length = bytes.IndexOfAny((byte)'"', (byte)'\\');
        var text = length < 0 ? bytes : bytes[..length];
        if (_usageDepth == 0)
        {
            if (_keyLength + text.Length <= MaxKey)
            {
                text.CopyTo(_key.AsSpan(_keyLength));
            }

            _keyLength = Math.Min(MaxKey + 1, _keyLength + text.Length);
        }

        Keep(length < 0 ? bytes : bytes[..(length + 1)]);
        if (length < 0)
        {
            return bytes.Length - 1;
        }

        (_isString, _isEscaped) = (bytes[length] != '"', bytes[length] == '\\');
        return length;
    }

    private void ReadStructure(byte at)
    {
        switch (at)
        {
            case (byte)'"':
                (_isString, _isName, _keyLength) = (true, false, 0);
                break;
            case (byte)':':
                _isName = true;
                break;
            case (byte)'{':
                Open();
                break;
            case (byte)'[':
                _depth += _depth == 0 ? 0 : 1; // A list around everything does not count.
                _isName = false;
                break;
            case (byte)'}' or (byte)']':
                Close(at);
                break;
            case (byte)',':
                _isName = false;
                break;
            default:
                break;
        }
    }

    private void Open()
    {
        _depth++;
        if (_usageDepth == 0 && _isName && _keyLength <= MaxKey)
        {
            var key = _key.AsSpan(0, _keyLength);
            if (_depth == 2)
            {
                _isMessage = key.SequenceEqual("message"u8);
                _isWrapped = _isMessage || key.SequenceEqual("response"u8);
            }

            if ((_depth == 2 || (_depth == 3 && _isWrapped)) && (key.SequenceEqual("usage"u8) || key.SequenceEqual("usageMetadata"u8)))
            {
                _usageDepth = _depth;
                _usage.ResetWrittenCount();
                _usage.Write("{"u8);
            }
        }

        _isName = false;
    }

    private void Close(byte at)
    {
        if (_usageDepth > 0 && _depth == _usageDepth && at == '}')
        {
            _usageDepth = 0;
            if (_usage.WrittenCount <= MaxUsage)
            {
                found(_usage.WrittenMemory, _isMessage);
            }
        }

        _depth = Math.Max(0, _depth - 1);
        if (_depth <= 1)
        {
            _isWrapped = _isMessage = false;
        }

        _isName = false;
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_usageDepth > 0 && _usage.WrittenCount <= MaxUsage)
        {
            _usage.Write(bytes[..Math.Min(bytes.Length, MaxUsage + 1 - _usage.WrittenCount)]);
        }
    }
}
