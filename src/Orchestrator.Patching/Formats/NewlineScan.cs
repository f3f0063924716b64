using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Orchestrator.Patching;

/// <summary>Finds line feeds one after the other, 64 bytes at a time: one look at a block serves every line that ends in it.</summary>
internal struct NewlineScan
{
    private const int Block = 64;

    private ulong _found;
    private int _foundFrom;
    private int _looked;

    /// <summary>The place of the next line feed, or the length of the text behind the last one. Must get the same text every time.</summary>
    public int Next(ReadOnlySpan<byte> text)
    {
        while (_found == 0)
        {
            if (_looked > text.Length - Block)
            {
                return NextInRest(text);
            }

            ref var start = ref MemoryMarshal.GetReference(text);
            var lineFeed = Vector256.Create((byte)'\n');
            var low = Vector256.Equals(Vector256.LoadUnsafe(ref start, (nuint)_looked), lineFeed).ExtractMostSignificantBits();
            var high = Vector256.Equals(Vector256.LoadUnsafe(ref start, (nuint)_looked + 32), lineFeed).ExtractMostSignificantBits();
            _found = low | ((ulong)high << 32);
            _foundFrom = _looked;
            _looked += Block;
        }

        var bit = BitOperations.TrailingZeroCount(_found);
        _found &= _found - 1;
        return _foundFrom + bit;
    }

    private int NextInRest(ReadOnlySpan<byte> text)
    {
        var at = text[_looked..].IndexOf((byte)'\n');
        var place = at < 0 ? text.Length : _looked + at;
        _looked = Math.Min(place + 1, text.Length);
        return place;
    }
}
