using Orchestrator.Containers.Docker.Wire;
using WireJson = Orchestrator.Containers.Docker.Wire.DockerJsonContext;

namespace Orchestrator.Containers.Docker;

/// <summary>The calls about networks.</summary>
internal sealed class DockerNetworks(DockerHttp http)
{
    /// <summary>Makes a network.</summary>
    /// <param name="name">Its name, not taken yet.</param>
    /// <param name="isInternal">Whether nothing outside of it can be reached.</param>
    /// <param name="labels">Its labels.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The engine's id of it.</returns>
    public async Task<string> CreateAsync(string name, bool isInternal, ValueMap labels, CancellationToken cancellationToken)
    {
        var call = new DockerCall(HttpMethod.Post, "/networks/create") { ConflictCode = DockerException.NameTaken };
        call = call.With(new NetworkBody(DockerCall.Id(name), isInternal, labels.ToDictionary()), WireJson.Default.NetworkBody);
        var answer = await http.SendAsync(call, WireJson.Default.IdAnswer, cancellationToken).ConfigureAwait(false);
        return DockerCall.Id(answer.Id ?? "");
    }

    /// <summary>A network by id or name; null when there is none.</summary>
    public async Task<NetworkAnswer?> InspectAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            var call = new DockerCall(HttpMethod.Get, $"/networks/{DockerCall.Id(id)}");
            return await http.SendAsync(call, WireJson.Default.NetworkAnswer, cancellationToken).ConfigureAwait(false);
        }
        catch (DockerException error) when (error.Code == DockerException.NotFound)
        {
            return null;
        }
    }

    /// <summary>Removes a network that nothing uses; no error when there is none.</summary>
    public async Task RemoveAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            await http.SendAsync(new DockerCall(HttpMethod.Delete, $"/networks/{DockerCall.Id(id)}"), cancellationToken).ConfigureAwait(false);
        }
        catch (DockerException error) when (error.Code == DockerException.NotFound)
        {
            // It is gone already.
        }
    }
}
