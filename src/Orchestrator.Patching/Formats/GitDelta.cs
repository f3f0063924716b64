namespace Orchestrator.Patching;

/// <summary>Git's binary deltas: a program of copies from the file before and of new bytes.</summary>
internal static class GitDelta
{
    /// <summary>Runs a delta.</summary>
    /// <returns>The file after, or <see langword="null"/> when the delta is broken, does not fit the file before, or makes more than the limit.</returns>
    public static byte[]? Apply(ReadOnlySpan<byte> before, ReadOnlySpan<byte> delta, long maxBytes)
    {
        if (!TryReadSize(ref delta, out var beforeSize) || !TryReadSize(ref delta, out var afterSize) || beforeSize != before.Length || afterSize > maxBytes)
        {
            return null;
        }

        // What a delta claims to make costs nothing to claim: memory is taken only once it is known to make it.
        if (!TryRun(before, delta, [], afterSize, isDry: true))
        {
            return null;
        }

        var result = new byte[afterSize];
        TryRun(before, delta, result, afterSize, isDry: false);
        return result;
    }

    private static bool TryRun(ReadOnlySpan<byte> before, ReadOnlySpan<byte> delta, Span<byte> result, long afterSize, bool isDry)
    {
        var written = 0L;
        while (!delta.IsEmpty)
        {
            var command = delta[0];
            delta = delta[1..];
            ReadOnlySpan<byte> piece;
            if ((command & 0x80) != 0)
            {
                if (!TryReadCopy(ref delta, command, before.Length, out var offset, out var size))
                {
                    return false;
                }

                piece = before.Slice(offset, size);
            }
            else
            {
                if (command == 0 || command > delta.Length)
                {
                    return false;
                }

                piece = delta[..command];
                delta = delta[command..];
            }

            if (piece.Length > afterSize - written)
            {
                return false;
            }

            if (!isDry)
            {
                piece.CopyTo(result[(int)written..]);
            }

            written += piece.Length;
        }

        return written == afterSize;
    }

    private static bool TryReadCopy(ref ReadOnlySpan<byte> delta, byte command, int beforeLength, out int start, out int length)
    {
        start = 0;
        length = 0;
        long offset = 0;
        long size = 0;
        for (var bit = 0; bit < 7; bit++)
        {
            if ((command & (1 << bit)) == 0)
            {
                continue;
            }

            if (delta.IsEmpty)
            {
                return false;
            }

            if (bit < 4)
            {
                offset |= (long)delta[0] << (8 * bit);
            }
            else
            {
                size |= (long)delta[0] << (8 * (bit - 4));
            }

            delta = delta[1..];
        }

        size = size == 0 ? 0x10000 : size;
        if (offset + size > beforeLength)
        {
            return false;
        }

        (start, length) = ((int)offset, (int)size);
        return true;
    }

    private static bool TryReadSize(ref ReadOnlySpan<byte> delta, out long size)
    {
        size = 0;
        for (var shift = 0; shift < 42; shift += 7)
        {
            if (delta.IsEmpty)
            {
                return false;
            }

            var part = delta[0];
            delta = delta[1..];
            size |= (long)(part & 0x7f) << shift;
            if ((part & 0x80) == 0)
            {
                return true;
            }
        }

        return false;
    }
}
