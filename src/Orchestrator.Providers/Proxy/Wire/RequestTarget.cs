using System.Buffers;

namespace Orchestrator.Providers.Proxy.Wire;

/// <summary>A request's path and query, the key taken out.</summary>
/// <param name="Path">The path as it came.</param>
/// <param name="Query">The query with its question mark and without the key; empty when there is nothing left.</param>
/// <param name="Key">What the query showed as a key.</param>
internal sealed record RequestTarget(string Path, string Query, string? Key)
{
    private static readonly SearchValues<char> Unsafe = SearchValues.Create("\"#<>\\^`{|}");

    /// <returns>The parts; <see langword="null"/> for anything but a path with perhaps a query: we are nobody's forward proxy.</returns>
    public static RequestTarget? Parse(string target)
    {
        if (!target.StartsWith('/') || target.AsSpan().ContainsAnyExceptInRange('!', '~') || target.AsSpan().ContainsAny(Unsafe))
        {
            return null;
        }

        var mark = target.IndexOf('?', StringComparison.Ordinal);
        if (mark < 0)
        {
            return new RequestTarget(target, "", Key: null);
        }

        var parameters = target[(mark + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries);
        var others = string.Join('&', parameters.Where(static parameter => !IsKey(parameter)));
        var key = parameters.Where(IsKey).ToList() is [var only] ? Uri.UnescapeDataString(only[(only.IndexOf('=', StringComparison.Ordinal) + 1)..]) : null;
        return new RequestTarget(target[..mark], others.Length == 0 ? "" : "?" + others, key);
    }

    private static bool IsKey(string parameter) => string.Equals(Uri.UnescapeDataString(parameter.Split('=', 2)[0]), "key", StringComparison.OrdinalIgnoreCase);
}
