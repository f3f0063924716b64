namespace Orchestrator.Routing.Snapshots;

/// <summary>A 64-bit hash of text that is the same in every process, on every machine and in every version: experiments and sessions are dealt by it.</summary>
/// <remarks>Takes four characters, eight bytes, a step. Not for secrets: who knows it can make collisions.</remarks>
internal static class StableHash
{
    private const uint CaseBit = 0x20;

    public static ulong Of(ReadOnlySpan<char> text, ulong seed)
    {
        var hash = seed ^ ((ulong)text.Length * Mixer.Step);
        var word = 0UL;
        for (var i = 0; i < text.Length; i++)
        {
            word = (word << 16) | text[i];
            if ((i & 3) == 3)
            {
                hash = Step(hash, word);
                word = 0;
            }
        }

        return Mixer.Mix(Step(hash, word));
    }

    /// <summary>The same for texts that differ in the case of ASCII letters alone.</summary>
    public static ulong OfAnyCase(ReadOnlySpan<char> text, ulong seed)
    {
        var hash = seed ^ ((ulong)text.Length * Mixer.Step);
        var word = 0UL;
        for (var i = 0; i < text.Length; i++)
        {
            var letter = (uint)text[i];
            word = (word << 16) | (letter - 'A' <= 'Z' - 'A' ? letter | CaseBit : letter);
            if ((i & 3) == 3)
            {
                hash = Step(hash, word);
                word = 0;
            }
        }

        return Mixer.Mix(Step(hash, word));
    }

    private static ulong Step(ulong hash, ulong word)
    {
        hash = (hash ^ word) * Mixer.Step;
        return hash ^ (hash >> 32);
    }
}
