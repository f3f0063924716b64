using System.Text;

namespace Orchestrator.Patching;

/// <summary>Decides whether a symbolic link may be made: only to something inside the root.</summary>
internal static class LinkTarget
{
    public static string? Refusal(string path, ReadOnlySpan<byte> target, PathPolicy policy)
    {
        string text;
        try
        {
            text = GitPath.StrictUtf8.GetString(target);
        }
        catch (DecoderFallbackException)
        {
            return "its target is not UTF-8";
        }

        if (text.Length is 0 or > 4000)
        {
            return "its target is empty or too long";
        }

        var components = path.Split('/')[..^1].ToList();
        foreach (var part in text.Split('/'))
        {
            if (part == "..")
            {
                if (components.Count == 0)
                {
                    return "its target is outside the root";
                }

                components.RemoveAt(components.Count - 1);
            }
            else if (part != ".")
            {
                components.Add(part);
            }
        }

        if (text.StartsWith('/') || components.Count == 0)
        {
            return "its target is absolute or the root itself";
        }

        return policy.Check(string.Join('/', components)) is { } refused ? refused.Message : null;
    }
}
