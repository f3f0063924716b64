using System.Buffers;
using System.Numerics;

namespace Orchestrator.Patching;

/// <summary>Where in a text the lines of one form are: the lines of every hash in a chain, in the order of the text.</summary>
internal sealed class LineTable : IDisposable
{
    private readonly ulong[] _hashes;
    private readonly int[] _next;
    private readonly int[] _heads;
    private readonly int[] _counts;
    private readonly int _mask;

    public LineTable(TextLines text, LineForm form)
    {
        var slots = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, text.Count));
        _mask = slots - 1;
        _hashes = ArrayPool<ulong>.Shared.Rent(text.Count + 1);
        _next = ArrayPool<int>.Shared.Rent(text.Count + 1);
        _heads = ArrayPool<int>.Shared.Rent(slots);
        _counts = ArrayPool<int>.Shared.Rent(slots);
        _heads.AsSpan(0, slots).Fill(-1);
        _counts.AsSpan(0, slots).Clear();
        for (var line = text.Count - 1; line >= 0; line--)
        {
            var hash = LineHash.Of(text.Form(line, form));
            var slot = (int)hash & _mask;
            _hashes[line] = hash;
            _next[line] = _heads[slot];
            _heads[slot] = line;
            _counts[slot]++;
        }
    }

    public ulong Hash(int line) => _hashes[line];

    public ReadOnlySpan<ulong> Hashes(int line, int count) => _hashes.AsSpan(line, count);

    /// <summary>At most so many lines have the hash.</summary>
    public int Count(ulong hash) => _counts[(int)hash & _mask];

    /// <summary>The first line of the chain; -1 for none. Lines of other hashes may be in it.</summary>
    public int First(ulong hash) => _heads[(int)hash & _mask];

    /// <summary>The next line of the chain; -1 for none.</summary>
    public int Next(int line) => _next[line];

    public void Dispose()
    {
        ArrayPool<ulong>.Shared.Return(_hashes);
        ArrayPool<int>.Shared.Return(_next);
        ArrayPool<int>.Shared.Return(_heads);
        ArrayPool<int>.Shared.Return(_counts);
    }
}
