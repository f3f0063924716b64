using System.Net;
using System.Text.Json;

namespace Orchestrator.Containers.Docker;

/// <summary>Turns an engine's error answers into exceptions.</summary>
internal static class DockerErrors
{
    private const int MaxBytes = 64 * 1024;
    private const int MaxMessage = 500;

    public static async Task<DockerException> ReadAsync(string name, DockerCall call, HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var said = await MessageAsync(answer.Content, cancellationToken).ConfigureAwait(false);
        foreach (var secret in call.Secrets)
        {
            said = said.Replace(secret, "***", StringComparison.Ordinal);
        }

        var message = $"The Docker Engine answered {name} with {(int)answer.StatusCode}: {Line(said)}";
        return new DockerException(Code(call, answer.StatusCode), message) { StatusCode = answer.StatusCode };
    }

    /// <summary>One line of at most 500 characters, without control characters.</summary>
    public static string Line(string text)
    {
        var line = string.Concat(text.Take(MaxMessage).Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        return line.Length == 0 ? "no reason given" : line;
    }

    private static string Code(DockerCall call, HttpStatusCode status) => status switch
    {
        HttpStatusCode.NotFound => call.NotFoundCode,
        HttpStatusCode.Conflict => call.ConflictCode,
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => DockerException.Forbidden,
        HttpStatusCode.ServiceUnavailable => DockerException.Unavailable,
        >= HttpStatusCode.InternalServerError => DockerException.Failed,
        >= HttpStatusCode.BadRequest => DockerException.Refused,
        _ => DockerException.Protocol,
    };

    private static async Task<string> MessageAsync(HttpContent content, CancellationToken cancellationToken)
    {
        using var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var bytes = new byte[MaxBytes];
        var length = await stream.ReadAtLeastAsync(bytes, MaxBytes, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        try
        {
            return JsonSerializer.Deserialize(bytes.AsSpan(0, length), Wire.DockerJsonContext.Default.ErrorAnswer)?.Message ?? "";
        }
        catch (JsonException)
        {
            return ""; // Not an engine's own words: a proxy's page, or half an answer.
        }
    }
}
