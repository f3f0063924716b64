using System.Buffers;
using System.Globalization;
using System.Text;

namespace Orchestrator.Providers.Proxy.Wire;

/// <summary>Reads the head of a request as strictly as RFC 9112 allows: whatever two readers could understand differently is refused.</summary>
internal static class RequestHeadParser
{
    private const int MaxHeaders = 128;

    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <param name="bytes">The head up to its last header's end of line, that included.</param>
    /// <returns>The head, or what is wrong with it.</returns>
    public static (RequestHead? Head, string? Problem) Parse(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.Latin1.GetString(bytes);
        var lines = text.Split("\r\n");
        if (lines.Length - 2 > MaxHeaders)
        {
            return Wrong("There are too many headers.");
        }

        // The last one is what stands behind the last end of line: nothing.
        if (lines[^1].Length != 0 || lines.Any(static line => line.AsSpan().ContainsAny('\r', '\n', '\0')))
        {
            return Wrong("A line does not end properly.");
        }

        var first = lines[0].Split(' ');
        if (first.Length != 3 || first[0].Length == 0 || first[0].AsSpan().ContainsAnyExcept(TokenCharacters) || first[2] != "HTTP/1.1")
        {
            return Wrong("The first line is not one of HTTP/1.1.");
        }

        var headers = new List<(string Name, string Value)>(lines.Length);
        foreach (var line in lines.AsSpan(1, lines.Length - 2))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var value = colon < 0 ? "" : line[(colon + 1)..].Trim(' ', '\t');
            if (colon <= 0 || line.AsSpan(0, colon).ContainsAnyExcept(TokenCharacters) || value.Any(static c => c is (< ' ' and not '\t') or '\x7f'))
            {
                return Wrong("A header is malformed.");
            }

            headers.Add((line[..colon], value));
        }

        return WithLength(new RequestHead { Method = first[0], Target = first[1], Headers = headers, ContentLength = 0 });
    }

    private static (RequestHead? Head, string? Problem) WithLength(RequestHead head)
    {
        var lengths = Values(head, "Content-Length");
        var codings = Values(head, "Transfer-Encoding");
        if (lengths.Count + codings.Count > 1)
        {
            return Wrong("The length of the body is said twice.");
        }

        if (Values(head, "Host").Count != 1)
        {
            return Wrong("There has to be one Host header.");
        }

        if (codings is [var coding])
        {
            return string.Equals(coding, "chunked", StringComparison.OrdinalIgnoreCase) ? (head with { ContentLength = null }, null) : Wrong("The only transfer coding is chunked.");
        }

        return lengths is not [var text] ? (head, null)
            : text.Length is > 0 and <= 18 && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? (head with { ContentLength = length }, null)
            : Wrong("The length of the body is no number.");
    }

    private static List<string> Values(RequestHead head, string name) =>
        [.. head.Headers.Where(header => string.Equals(header.Name, name, StringComparison.OrdinalIgnoreCase)).Select(static header => header.Value)];

    private static (RequestHead? Head, string? Problem) Wrong(string problem) => (null, problem);
}
