namespace Orchestrator.Patching;

/// <summary>
/// Tells whether code is nested more deeply than people write it. The compiler's parser calls itself for every level, not everywhere with a look at the stack that is left; a patch is not trusted
/// enough for that.
/// </summary>
internal static class NestingProbe
{
    private const int MaxDepth = 500;

    /// <summary>Whether some place is too deep. Brackets in strings and comments count too, which only matters where hundreds of them are never closed.</summary>
    public static bool IsTooDeep(ReadOnlySpan<byte> text)
    {
        int depth = 0, angles = 0, prefixes = 0;
        foreach (var c in text)
        {
            switch (c)
            {
                case (byte)'(' or (byte)'[' or (byte)'{':
                    depth++;
                    break;
                case (byte)')' or (byte)']' or (byte)'}':
                    depth = Math.Max(0, depth - 1);
                    break;
                case (byte)'<':
                    angles++;
                    break;
                case (byte)';':
                    angles = 0;
                    break;
            }

            if (c is (byte)'!' or (byte)'~' or (byte)'-' or (byte)'+' or (byte)'&' or (byte)'*' or (byte)'^')
            {
                prefixes++;
            }
            else if (c is not ((byte)' ' or (byte)'\t'))
            {
                prefixes = 0;
            }

            if (depth > MaxDepth || angles > MaxDepth || prefixes > MaxDepth)
            {
                return true;
            }
        }

        return false;
    }
}
