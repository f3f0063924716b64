using System.Text;

namespace Orchestrator.Patching;

/// <summary>Document URIs: those below the workspace, or relative to it.</summary>
internal static class LspUri
{
    /// <summary>The path below the root.</summary>
    /// <param name="uri">The URI.</param>
    /// <param name="workspace">The URI of the root; <see langword="null"/> when only relative ones can be told.</param>
    /// <returns>The path; <see langword="null"/> when the URI names nothing below the workspace.</returns>
    public static string? Path(string uri, string? workspace)
    {
        var rest = uri;
        if (workspace is not null && uri.StartsWith(workspace.TrimEnd('/') + "/", StringComparison.Ordinal))
        {
            rest = uri[(workspace.TrimEnd('/').Length + 1)..];
        }
        else if (IsAbsolute(uri))
        {
            return null;
        }

        // A query or fragment is no part of a file's name; in names both characters are escaped.
        return rest.AsSpan().IndexOfAny('?', '#') >= 0 ? null : Unescape(rest);
    }

    /// <summary>The URI of a path.</summary>
    public static string Format(string path, string? workspace)
    {
        var escaped = string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
        return workspace is null ? escaped : workspace.TrimEnd('/') + "/" + escaped;
    }

    private static bool IsAbsolute(string uri)
    {
        var colon = uri.IndexOf(':', StringComparison.Ordinal);
        var slash = uri.IndexOf('/', StringComparison.Ordinal);
        return slash == 0 || (colon > 0 && (slash < 0 || colon < slash));
    }

    /// <summary>The text with its escapes resolved; <see langword="null"/> when they are not UTF-8.</summary>
    private static string? Unescape(string text)
    {
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                var length = char.IsHighSurrogate(text[i]) ? 2 : 1;
                bytes.AddRange(Encoding.UTF8.GetBytes(text.Substring(i, Math.Min(length, text.Length - i))));
                i += length - 1;
            }
            else if (i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
            {
                bytes.Add(Convert.FromHexString(text.AsSpan(i + 1, 2))[0]);
                i += 2;
            }
            else
            {
                return null;
            }
        }

        try
        {
            return GitPath.StrictUtf8.GetString([.. bytes]);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
