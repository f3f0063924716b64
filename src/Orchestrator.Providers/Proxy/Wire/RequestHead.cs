namespace Orchestrator.Providers.Proxy.Wire;

/// <summary>The first line and the headers of a request, checked: names are tokens, values are printable, and the body's length is said once.</summary>
internal sealed record RequestHead
{
    public required string Method { get; init; }

    /// <summary>What stands between the method and the version, as it came.</summary>
    public required string Target { get; init; }

    public required IReadOnlyList<(string Name, string Value)> Headers { get; init; }

    /// <summary>How long the body is; <see langword="null"/> for one in chunks.</summary>
    public required long? ContentLength { get; init; }

    /// <summary>Whether the client waits for permission to send its body.</summary>
    public bool ExpectsContinue => string.Equals(Header("Expect"), "100-continue", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the client wants no second request on this connection.</summary>
    public bool WantsClose => Words("Connection").Contains("close", StringComparer.OrdinalIgnoreCase);

    /// <summary>A header's value; the first one when there are several.</summary>
    public string? Header(string name) => Headers.FirstOrDefault(header => string.Equals(header.Name, name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>All words of a header that is a list.</summary>
    public IEnumerable<string> Words(string name) => Headers
        .Where(header => string.Equals(header.Name, name, StringComparison.OrdinalIgnoreCase))
        .SelectMany(static header => header.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
}
