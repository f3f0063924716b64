using System.Collections.Frozen;
using Orchestrator.Providers.Proxy.Wire;

namespace Orchestrator.Providers.Proxy.Forwarding;

/// <summary>Which headers pass the proxy.</summary>
internal static class ForwardedHeaders
{
    private static readonly FrozenSet<string> HopByHop = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Authentication-Info", "TE", "Trailer", "Transfer-Encoding", "Upgrade");

    private static readonly FrozenSet<string> NotToServer = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "Host", "Content-Length", "Cookie", "Cookie2", "Expect", "Accept-Encoding", "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Via");

    private static readonly FrozenSet<string> NotToClient = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "Content-Length", "Set-Cookie", "Set-Cookie2", "Alt-Svc", "Location", "Content-Location", "Refresh", "Strict-Transport-Security");

    /// <summary>The headers of a request that the model's server gets, keys not among them.</summary>
    public static IEnumerable<(string Name, string Value)> ToServer(RequestHead head)
    {
        var named = head.Words("Connection").ToHashSet(StringComparer.OrdinalIgnoreCase);
        return head.Headers.Where(header =>
            !HopByHop.Contains(header.Name) && !NotToServer.Contains(header.Name) && !named.Contains(header.Name) && ProxyKeys.PlaceOf(header.Name) == KeyPlace.None);
    }

    /// <summary>The headers of an answer that the agent gets, what looks like the key blotted out.</summary>
    public static IEnumerable<(string Name, string Value)> ToClient(HttpResponseMessage response, KeyScrubber scrubber)
    {
        var named = response.Headers.Connection.ToHashSet(StringComparer.OrdinalIgnoreCase);
        return from header in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
               where !HopByHop.Contains(header.Key) && !NotToClient.Contains(header.Key) && !named.Contains(header.Key)
               from value in header.Value
               where !value.Any(static c => c is (< ' ' and not '\t') or '\x7f' or > '\xff')
               select (scrubber.Scrub(header.Key), scrubber.Scrub(value));
    }
}
