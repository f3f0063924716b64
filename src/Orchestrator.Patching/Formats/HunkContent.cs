using System.Buffers;

namespace Orchestrator.Patching;

/// <summary>
/// Both sides of one hunk as memory that is made when it is first read: the marks before the lines stand between the lines of a side in the patch, so a side has to be gathered, but not
/// before somebody wants it. Until then the hunk is a stretch of the patch.
/// </summary>
/// <remarks>
/// Thread-safe; two threads may gather the same bytes, one of them is kept. The patch must not change: when it did, so that the lengths differ, reading fails rather than give something else.
/// </remarks>
internal sealed class HunkContent(ReadOnlyMemory<byte> body, int oldLength, int newLength, bool dropsReturns) : MemoryManager<byte>
{
    private byte[]? _bytes;

    public PatchContent Old => new(CreateMemory(0, oldLength));

    public PatchContent New => new(CreateMemory(oldLength, newLength));

    public override Span<byte> GetSpan() => Bytes();

    public override MemoryHandle Pin(int elementIndex = 0) => Bytes().AsMemory(elementIndex).Pin();

    public override void Unpin()
    {
        // The handle that Pin gives belongs to the array.
    }

    protected override bool TryGetArray(out ArraySegment<byte> segment)
    {
        segment = new ArraySegment<byte>(Bytes());
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        // Nothing is held but memory.
    }

    private byte[] Bytes()
    {
        if (Volatile.Read(ref _bytes) is { } bytes)
        {
            return bytes;
        }

        bytes = Gather();
        return Interlocked.CompareExchange(ref _bytes, bytes, null) ?? bytes;
    }

    private byte[] Gather()
    {
        var bytes = new byte[oldLength + newLength];
        var old = new Side(bytes.AsSpan(0, oldLength));
        var added = new Side(bytes.AsSpan(oldLength));
        var rest = body.Span;
        var lastKind = (byte)0;
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (dropsReturns && line.EndsWith("\r"u8))
            {
                line = line[..^1];
            }

            var kind = line.IsEmpty || line[0] == '\r' ? (byte)' ' : line[0];
            var text = line.IsEmpty || line[0] == '\r' ? line : line[1..];
            if (kind == '\\')
            {
                old.Unend(lastKind != '+');
                added.Unend(lastKind != '-');
                continue;
            }

            old.Add(text, kind != '+');
            added.Add(text, kind != '-');
            lastKind = kind;
        }

        return old.IsFull && added.IsFull ? bytes : throw new InvalidOperationException("The bytes of the patch were changed after it was read.");
    }

    private ref struct Side(Span<byte> target)
    {
        private readonly Span<byte> _target = target;
        private int _length;

        /// <summary>The last line's feed may not have fitted: then the line has none.</summary>
        public readonly bool IsFull => _length == _target.Length;

        public void Add(ReadOnlySpan<byte> line, bool applies)
        {
            if (!applies)
            {
                return;
            }

            if (line.Length > _target.Length - _length)
            {
                throw new InvalidOperationException("The bytes of the patch were changed after it was read.");
            }

            line.CopyTo(_target[_length..]);
            _length += line.Length;
            if (_length < _target.Length)
            {
                _target[_length] = (byte)'\n';
            }

            _length++;
        }

        public void Unend(bool applies) => _length -= applies ? 1 : 0;
    }
}
