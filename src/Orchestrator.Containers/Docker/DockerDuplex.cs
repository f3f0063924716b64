namespace Orchestrator.Containers.Docker;

/// <summary>A connection of its own to an engine, open in both directions: a command's input goes out, its output comes in.</summary>
internal sealed class DockerDuplex(HttpClient client, HttpResponseMessage answer, Stream stream, Stream connection) : IDisposable
{
    public Stream Output => stream;

    /// <summary>Sends the input and says that it ends. A command that does not read on is no error.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        try
        {
            await stream.WriteAsync(input, cancellationToken).ConfigureAwait(false);
            await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
            await DockerConnector.EndInputAsync(connection).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or System.Net.Sockets.SocketException or ObjectDisposedException)
        {
            // The command has ended: its output and exit code tell how.
        }
    }

    public void Dispose()
    {
        answer.Dispose();
        client.Dispose();
    }
}
