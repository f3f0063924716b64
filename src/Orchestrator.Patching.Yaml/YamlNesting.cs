namespace Orchestrator.Patching;

/// <summary>Tells whether YAML is nested more deeply than people write it: the parser takes time by the square of it, and a patch is not trusted enough for that.</summary>
internal static class YamlNesting
{
    /// <summary>The deepest that is parsed.</summary>
    public const int MaxDepth = 200;

    /// <summary>Whether some place is too deep. Brackets in strings and comments count too, which only matters where hundreds of them are never closed.</summary>
    public static bool IsTooDeep(ReadOnlySpan<byte> text)
    {
        int flow = 0, block = 0;
        var isStart = true;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            flow = c is (byte)'[' or (byte)'{' ? flow + 1 : c is (byte)']' or (byte)'}' ? Math.Max(0, flow - 1) : flow;
            if (c == '\n')
            {
                (isStart, block) = (true, 0);
            }
            else if (isStart && (c is (byte)'-' or (byte)'?' or (byte)':') && i + 1 < text.Length && (text[i + 1] is (byte)' ' or (byte)'\t'))
            {
                block++;
            }
            else if (c is not ((byte)' ' or (byte)'\t'))
            {
                isStart = false;
            }

            if (flow > MaxDepth || block > MaxDepth)
            {
                return true;
            }
        }

        return false;
    }
}
