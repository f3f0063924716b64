using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Orchestrator.Containers.Docker;

/// <summary>Reads the lines of JSON that an engine sends one by one.</summary>
internal static class JsonLines
{
    private const int MaxLine = 1024 * 1024;
    private const int FirstSize = 4096;

    /// <exception cref="DockerException">A line is no JSON or too long, or the connection broke.</exception>
    public static async IAsyncEnumerable<T> ReadAsync<T>(
        DockerHttp http, Stream stream, JsonTypeInfo<T> type, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = new byte[FirstSize];
        var length = 0;
        while (true)
        {
            var searched = length;
            var read = await http.ReadAsync(stream, buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
            length += read;
            var start = 0;
            for (var end = IndexOfEnd(buffer, searched, length); end >= 0; end = IndexOfEnd(buffer, start, length))
            {
                if (end > start)
                {
                    yield return Parse(buffer.AsSpan(start, end - start), type);
                }

                start = end + 1;
            }

            buffer.AsSpan(start, length - start).CopyTo(buffer);
            length -= start;
            if (read == 0)
            {
                if (length > 0)
                {
                    yield return Parse(buffer.AsSpan(0, length), type);
                }

                yield break;
            }

            if (length >= MaxLine)
            {
                throw new DockerException(DockerException.Protocol, "The Docker Engine sent a line that is too long.");
            }

            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, length * 2);
            }
        }
    }

    private static int IndexOfEnd(byte[] buffer, int from, int length) => Array.IndexOf(buffer, (byte)'\n', from, length - from);

    private static T Parse<T>(ReadOnlySpan<byte> line, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(line.TrimEnd((byte)'\r'), type) ?? throw new JsonException();
        }
        catch (JsonException error)
        {
            throw new DockerException(DockerException.Protocol, "The Docker Engine sent a line that is no JSON of the expected form.", error);
        }
    }
}
