using System.Globalization;
using Orchestrator.Providers.Proxy.Wire;

namespace Orchestrator.Providers.Proxy;

/// <summary>What the proxy makes of a request's head.</summary>
/// <param name="Refusal">Why it is refused; <see langword="null"/> for one that may go on.</param>
/// <param name="Target">Its path and query.</param>
/// <param name="Key">Where it shows its key.</param>
/// <param name="Generates">Whether its answer uses tokens.</param>
internal sealed record RequestGate(Refusal? Refusal, RequestTarget? Target = null, KeyPlace Key = KeyPlace.None, bool Generates = false)
{
    private static readonly Refusal NoPath = Refusal.Malformed("The address in the request is not one of this server.") with { MustClose = false };

    /// <summary>Checks a head. The key comes first: whoever has none learns nothing else.</summary>
    public static RequestGate Check(ProxySession session, RequestHead head)
    {
        if (RequestTarget.Parse(head.Target) is not { } target)
        {
            return new RequestGate(NoPath);
        }

        var key = session.Keys.Find(head, target);
        if (key == KeyPlace.None)
        {
            return new RequestGate(Refusal.WrongKey);
        }

        if (!IsOurs(head.Header("Host")!, session.Port))
        {
            return new RequestGate(Refusal.WrongHost, target, key);
        }

        var prefix = session.Upstream.Prefix;
        if (!target.Path.StartsWith(prefix, StringComparison.Ordinal))
        {
            return new RequestGate(Refusal.WrongPath, target, key);
        }

        var (generates, refusal) = ModelEndpoints.Check(session.Protocol, head.Method, target.Path[prefix.Length..]);
        refusal ??= head.ContentLength > RequestBody.MaxLength ? Refusal.TooLarge : null;
        return new RequestGate(refusal, target, key, generates);
    }

    private static bool IsOurs(string host, int port)
    {
        var suffix = string.Create(CultureInfo.InvariantCulture, $":{port}");
        return string.Equals(host, "127.0.0.1" + suffix, StringComparison.Ordinal) || string.Equals(host, "localhost" + suffix, StringComparison.OrdinalIgnoreCase);
    }
}
