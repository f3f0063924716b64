namespace Orchestrator.Providers.Proxy.Forwarding;

/// <summary>Where the model's server is.</summary>
/// <param name="Origin">Scheme, host and port.</param>
/// <param name="Host">The host, for messages.</param>
/// <param name="Path">The path that stands before every endpoint, in the form that the address had.</param>
/// <param name="IsLoopback">Whether it is on this machine.</param>
internal sealed record UpstreamAddress(string Origin, string Host, string Path, bool IsLoopback)
{
    /// <summary>The path without a slash at its end.</summary>
    public string Prefix { get; } = Path.TrimEnd('/');

    /// <exception cref="ArgumentException">It is no address of a server, or it holds more than an address.</exception>
    public static UpstreamAddress Of(Uri upstream)
    {
        ArgumentNullException.ThrowIfNull(upstream);
        if (!upstream.IsAbsoluteUri || (upstream.Scheme != Uri.UriSchemeHttps && upstream.Scheme != Uri.UriSchemeHttp))
        {
            throw new ArgumentException("The address of a model's server begins with https:// or http://.", nameof(upstream));
        }

        if (upstream.UserInfo.Length > 0 || upstream.Query.Length > 0 || upstream.Fragment.Length > 0 || upstream.AbsolutePath.Contains("//", StringComparison.Ordinal))
        {
            throw new ArgumentException("The address of a model's server is a host and perhaps a path: no name, password, query or fragment.", nameof(upstream));
        }

        // A mere host has the path "/" even where the text had none.
        var path = upstream.OriginalString.EndsWith('/') ? upstream.AbsolutePath : upstream.AbsolutePath.TrimEnd('/');
        return new UpstreamAddress(upstream.GetLeftPart(UriPartial.Authority), upstream.Host, path, upstream.IsLoopback);
    }
}
