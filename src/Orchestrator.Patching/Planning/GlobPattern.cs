namespace Orchestrator.Patching;

/// <summary>A pattern over paths: <c>*</c> and <c>?</c> within a component, <c>**</c> over any number of components; letter case does not matter.</summary>
internal sealed class GlobPattern(string pattern)
{
    /// <summary>A pattern that ends with a slash names a directory, and so all beneath it.</summary>
    private readonly string[] _parts = (pattern.EndsWith('/') ? pattern + "**" : pattern).ToUpperInvariant().Split('/');

    public bool Matches(string[] components)
    {
        // reached[i]: the first i parts of the pattern can take all components so far.
        var reached = new bool[_parts.Length + 1];
        reached[0] = true;
        Skip(reached);
        foreach (var component in components)
        {
            var name = component.ToUpperInvariant();
            var next = new bool[_parts.Length + 1];
            for (var i = 0; i < _parts.Length; i++)
            {
                next[i] |= reached[i] && _parts[i] == "**";
                next[i + 1] |= reached[i] && _parts[i] != "**" && MatchesName(_parts[i], name);
            }

            Skip(next);
            reached = next;
        }

        return reached[^1];
    }

    private void Skip(bool[] reached)
    {
        for (var i = 0; i < _parts.Length; i++)
        {
            reached[i + 1] |= reached[i] && _parts[i] == "**";
        }
    }

    private static bool MatchesName(string part, string name)
    {
        int p = 0, n = 0, star = -1, mark = 0;
        while (n < name.Length)
        {
            if (p < part.Length && part[p] == '*')
            {
                (star, mark) = (p++, n);
            }
            else if (p < part.Length && (part[p] == '?' || part[p] == name[n]))
            {
                p++;
                n++;
            }
            else if (star >= 0)
            {
                (p, n) = (star + 1, ++mark);
            }
            else
            {
                return false;
            }
        }

        return part.AsSpan(p).Trim('*').IsEmpty;
    }
}
