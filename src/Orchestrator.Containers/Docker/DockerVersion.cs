using System.Globalization;
using Microsoft.Extensions.Logging;
using Orchestrator.Containers.Diagnostics;

namespace Orchestrator.Containers.Docker;

/// <summary>Agrees with an engine on a version of the API: the newest that both know.</summary>
internal static class DockerVersion
{
    private const int Oldest = 41;
    private const int Newest = 51;
    private const long MaxBytes = 64 * 1024;

    public static async Task<string> NegotiateAsync(HttpClient client, DockerEndpoint endpoint, ILogger logger, CancellationToken cancellationToken)
    {
        using var answer = await client.GetAsync(new Uri("/_ping", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        var said = answer.Headers.TryGetValues("Api-Version", out var values) ? values.First() : null;
        if (!answer.IsSuccessStatusCode || !TryParse(said, out var minor))
        {
            throw new DockerException(
                answer.IsSuccessStatusCode ? DockerException.UnsupportedVersion : DockerException.Unavailable,
                $"What listens at {endpoint} is no Docker Engine, or not ready: it answered a ping with {(int)answer.StatusCode}, version '{DockerErrors.Line(said ?? "")}'.");
        }

        // Reads the rest, so that the connection can be used again.
        await answer.Content.LoadIntoBufferAsync(MaxBytes, cancellationToken).ConfigureAwait(false);
        if (minor < Oldest)
        {
            throw new DockerException(
                DockerException.UnsupportedVersion,
                $"The Docker Engine at {endpoint} speaks API 1.{minor}; at least 1.{Oldest} (Docker Engine 20.10) is needed.");
        }

        var version = string.Create(CultureInfo.InvariantCulture, $"1.{Math.Min(minor, Newest)}");
        logger.DockerConnected(endpoint, version);
        return version;
    }

    private static bool TryParse(string? text, out int minor)
    {
        minor = 0;
        return text is not null && text.StartsWith("1.", StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out minor);
    }
}
