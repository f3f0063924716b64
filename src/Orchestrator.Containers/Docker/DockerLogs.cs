using System.Globalization;
using System.Runtime.CompilerServices;

namespace Orchestrator.Containers.Docker;

/// <summary>Reads what an instance's own program printed.</summary>
internal sealed class DockerLogs(DockerHttp http)
{
    public async IAsyncEnumerable<ContainerOutput> ReadAsync(string id, int lines, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = string.Create(CultureInfo.InvariantCulture, $"/logs?stdout=1&stderr=1&tail={lines}&follow={(follow ? 1 : 0)}");
        using var answer = await http.OpenAsync(DockerCall.Container(HttpMethod.Get, id, query), cancellationToken).ConfigureAwait(false);
        using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var line in OutputReader.ReadAsync(http, stream, cancellationToken).ConfigureAwait(false))
        {
            yield return line;
        }
    }
}
