using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Orchestrator.Providers.Proxy.Wire;

/// <summary>Gives a refusal as the vendor would put it, so that the CLI understands it and, where that helps nobody, does not try again.</summary>
internal static class RefusalWriter
{
    public static async ValueTask WriteAsync(ClientWriter writer, ModelProtocol protocol, Refusal refusal, bool isHead, bool close, CancellationToken cancellationToken)
    {
        var body = Body(protocol, refusal);
        List<(string Name, string Value)> headers =
        [
            ("Content-Type", "application/json"),
            ("Content-Length", body.Length.ToString(CultureInfo.InvariantCulture)),
            ("Connection", close ? "close" : "keep-alive"),
        ];
        if (refusal.Status < 500)
        {
            headers.Add(("x-should-retry", "false")); // The vendors' client libraries heed it.
        }

        await writer.WriteHeadAsync(refusal.Status, headers, cancellationToken).ConfigureAwait(false);
        if (!isHead)
        {
            await writer.WriteAsync(body, cancellationToken).ConfigureAwait(false);
        }
    }

    private static ReadOnlyMemory<byte> Body(ModelProtocol protocol, Refusal refusal)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        if (protocol == ModelProtocol.Anthropic)
        {
            json.WriteString("type", "error");
        }

        json.WriteStartObject("error");
        json.WriteString("message", refusal.Message);
        switch (protocol)
        {
            case ModelProtocol.Anthropic:
                json.WriteString("type", refusal.Kind);
                break;
            case ModelProtocol.Gemini:
                json.WriteNumber("code", refusal.Status);
                json.WriteString("status", GoogleStatus(refusal.Status));
                break;
            default:
                json.WriteString("type", refusal.Kind);
                json.WriteNull("param");
                json.WriteString("code", refusal.Kind);
                break;
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static string GoogleStatus(int status) => status switch
    {
        401 => "UNAUTHENTICATED",
        402 => "RESOURCE_EXHAUSTED",
        404 => "NOT_FOUND",
        >= 500 => "UNAVAILABLE",
        _ => "INVALID_ARGUMENT",
    };
}
