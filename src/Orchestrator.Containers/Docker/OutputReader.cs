using System.Buffers;
using System.Runtime.CompilerServices;

namespace Orchestrator.Containers.Docker;

/// <summary>Reads lines from an engine's stream of frames.</summary>
internal static class OutputReader
{
    private const int BufferSize = 64 * 1024;

    public static async IAsyncEnumerable<ContainerOutput> ReadAsync(DockerHttp http, Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var parser = new FrameParser();
            var lines = new List<ContainerOutput>();
            int length;
            do
            {
                length = await http.ReadAsync(stream, buffer, cancellationToken).ConfigureAwait(false);
                if (length > 0)
                {
                    parser.Feed(buffer.AsSpan(0, length), lines);
                }
                else
                {
                    parser.Complete(lines);
                }

                foreach (var line in lines)
                {
                    yield return line;
                }

                lines.Clear();
            }
            while (length > 0);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }
}
