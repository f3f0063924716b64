using Orchestrator.Containers.Docker.Wire;
using WireJson = Orchestrator.Containers.Docker.Wire.DockerJsonContext;

namespace Orchestrator.Containers.Docker;

/// <summary>The calls about images.</summary>
internal sealed class DockerImages(DockerHttp http)
{
    private static readonly TimeSpan TransferTime = TimeSpan.FromMinutes(10);

    /// <summary>Takes images with their layers and names, as <c>docker save</c> writes them.</summary>
    public Task LoadAsync(Stream archive, CancellationToken cancellationToken) =>
        TransferAsync(new DockerCall(HttpMethod.Post, "/images/load?quiet=1"), archive, cancellationToken);

    /// <summary>Makes an image from a tar archive of a file system.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="name">Name and tag of the new image.</param>
    /// <param name="changes">Instructions such as <c>ENV PATH=/bin</c>, as in an image file.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task ImportAsync(Stream archive, string name, IEnumerable<string> changes, CancellationToken cancellationToken)
    {
        var split = name.LastIndexOf(':');
        var (repository, tag) = split > name.LastIndexOf('/') ? (name[..split], name[(split + 1)..]) : (name, "latest");
        var query = $"/images/create?fromSrc=-&repo={Uri.EscapeDataString(repository)}&tag={Uri.EscapeDataString(tag)}";
        query += string.Concat(changes.Select(change => $"&changes={Uri.EscapeDataString(change)}"));
        return TransferAsync(new DockerCall(HttpMethod.Post, query), archive, cancellationToken);
    }

    /// <summary>An image; null when there is none.</summary>
    public async Task<ImageAnswer?> InspectAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await http.SendAsync(Call(HttpMethod.Get, name, "/json"), WireJson.Default.ImageAnswer, cancellationToken).ConfigureAwait(false);
        }
        catch (DockerException error) when (error.Code == DockerException.ImageNotFound)
        {
            return null;
        }
    }

    /// <summary>Removes an image; no error when there is none.</summary>
    public async Task RemoveAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            await http.SendAsync(Call(HttpMethod.Delete, name, ""), cancellationToken).ConfigureAwait(false);
        }
        catch (DockerException error) when (error.Code == DockerException.ImageNotFound)
        {
            // It is gone already.
        }
    }

    private static DockerCall Call(HttpMethod method, string name, string rest) =>
        name.Split('/').All(static part => part.Any(char.IsAsciiLetterOrDigit))
        && name.All(static c => char.IsAsciiLetterOrDigit(c) || "._-/:@".Contains(c, StringComparison.Ordinal))
            ? new DockerCall(method, $"/images/{name}{rest}") { NotFoundCode = DockerException.ImageNotFound }
            : throw new DockerException(DockerException.ImageNotFound, "No image can have a name of this form.");

    /// <summary>Sends an archive. The engine begins to answer with success and may still fail in a later line.</summary>
    private async Task TransferAsync(DockerCall call, Stream archive, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(http.Options.CallTimeout + TransferTime, http.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var content = new StreamContent(archive) { Headers = { ContentType = new("application/x-tar") } };
        try
        {
            using var answer = await http.OpenAsync(call with { Content = content, ExtraTime = TransferTime }, either.Token).ConfigureAwait(false);
            using var stream = await answer.Content.ReadAsStreamAsync(either.Token).ConfigureAwait(false);
            await foreach (var line in JsonLines.ReadAsync(http, stream, WireJson.Default.ProgressLine, either.Token).ConfigureAwait(false))
            {
                if (line.Error is { } error)
                {
                    throw new DockerException(DockerException.Refused, $"The Docker Engine did not take the image: {DockerErrors.Line(error)}");
                }
            }
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DockerException(DockerException.TimedOut, "The Docker Engine did not take the image in time.", error);
        }
    }
}
