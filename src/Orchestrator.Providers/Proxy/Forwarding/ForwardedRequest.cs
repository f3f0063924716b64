using System.Net;
using Orchestrator.Providers.Proxy.Wire;

namespace Orchestrator.Providers.Proxy.Forwarding;

/// <summary>A request that was let through, as the model's server gets it.</summary>
internal static class ForwardedRequest
{
    public static HttpRequestMessage Create(ProxySession session, RequestHead head, RequestTarget target, KeyPlace key, RequestBody body)
    {
        var message = new HttpRequestMessage(new HttpMethod(head.Method), new Uri(session.Upstream.Origin + target.Path + target.Query))
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = head.Method == "POST" ? new ForwardedBody(body) : null,
        };
        foreach (var (name, value) in ForwardedHeaders.ToServer(head))
        {
            // What is not known as a header of requests is one of the body.
            if (!message.Headers.TryAddWithoutValidation(name, value))
            {
                message.Content?.Headers.TryAddWithoutValidation(name, value);
            }
        }

        message.Headers.TryAddWithoutValidation("Accept-Encoding", "identity"); // Usage is read from the answer, and the key blotted out of it.
        session.Keys.PutInto(message, key);
        return message;
    }
}
