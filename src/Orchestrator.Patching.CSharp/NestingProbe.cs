namespace Orchestrator.Patching;

/// <summary>
/// Tells how deeply code can be nested. The compiler's parser calls itself for every level, not everywhere with a look at the stack that is left; a patch is not trusted enough for that.
/// </summary>
internal static class NestingProbe
{
    /// <summary>So many levels fit the stack of every thread.</summary>
    public const int SafeLevels = 500;

    /// <summary>Whether code that closes what it opens in plain sight is nested more deeply than people write it.</summary>
    /// <remarks>Once as it stands and once without comments and strings: what hides in them from one look is seen by the other.</remarks>
    public static bool IsTooDeep(ReadOnlySpan<byte> text) => IsDeep(text) || IsDeep(PlainCode.Of(text));

    private static bool IsDeep(ReadOnlySpan<byte> text)
    {
        if (HasLongChain(text))
        {
            return true;
        }

        int depth = 0, angles = 0, prefixes = 0;
        byte last = 0;
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
                case (byte)'>' when last is not ((byte)'=' or (byte)'-'):
                    angles = Math.Max(0, angles - 1);
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

            last = c;
            if (depth > SafeLevels || angles > SafeLevels || prefixes > SafeLevels)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether patterns are negated, or directives joined or nested, without end.</summary>
    private static bool HasLongChain(ReadOnlySpan<byte> text)
    {
        int negations = 0, operators = 0, branches = 0;
        for (var rest = text; !rest.IsEmpty && Math.Max(negations, Math.Max(operators, branches)) <= SafeLevels;)
        {
            var end = rest.IndexOfAny((byte)'\n', (byte)';', (byte)'}');
            var piece = end < 0 ? rest : rest[..(end + 1)];
            var isStop = end >= 0 && rest[end] != '\n';
            rest = rest[piece.Length..];
            var line = piece.TrimStart(" \t"u8);
            operators = line.StartsWith("#"u8) ? line.Count((byte)'|') + line.Count((byte)'&') + line.Count((byte)'=') + line.Count((byte)'!') : 0;
            branches = line.StartsWith("#if"u8) ? branches + 1 : line.StartsWith("#endif"u8) ? Math.Max(0, branches - 1) : branches;
            negations = isStop ? Math.Max(0, piece.Count("not "u8) - 1) : negations + piece.Count("not "u8);
            negations = isStop && negations <= SafeLevels ? 0 : negations;
        }

        return negations > SafeLevels || operators > SafeLevels || branches > SafeLevels;
    }

    /// <summary>
    /// More levels than the code can have, whatever comments and strings hide: everything that can begin one is counted, and nothing is taken off.
    /// </summary>
    public static int MostLevels(ReadOnlySpan<byte> text)
    {
        var count = text.Count("not"u8);
        var isDirective = false;
        foreach (var c in text)
        {
            count += c is (byte)'(' or (byte)'[' or (byte)'{' or (byte)'<' or (byte)'#' or (byte)'|' or (byte)'&' or (byte)'!' || (isDirective && c == '=') ? 1 : 0;
            isDirective = c == '#' || (isDirective && c != '\n');
        }

        return count;
    }
}
