using System.Buffers;
using System.Text;

namespace Orchestrator.Providers.Processes;

/// <summary>Cuts a byte stream into lines: any length up to a bound, any bytes. What is not UTF-8 becomes U+FFFD.</summary>
internal sealed class LineReader(Stream stream, int maxLineBytes)
{
    private readonly ArrayBufferWriter<byte> _line = new(4096);
    private bool _dropping;

    /// <summary>Reads to the end, handing over each line. A last line without an end counts too.</summary>
    public async Task ReadAsync(Func<string, ValueTask> onLine, CancellationToken cancellationToken)
    {
        var buffer = new byte[32 * 1024];
        int count;
        while ((count = await ReadChunkAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            var start = 0;
            while (start < count)
            {
                var end = Array.IndexOf(buffer, (byte)'\n', start, count - start);
                Keep(buffer.AsSpan(start, (end < 0 ? count : end) - start));
                if (end < 0)
                {
                    break;
                }

                await onLine(Take()).ConfigureAwait(false);
                start = end + 1;
            }
        }

        if (_line.WrittenCount > 0)
        {
            await onLine(Take()).ConfigureAwait(false);
        }
    }

    private async ValueTask<int> ReadChunkAsync(byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            return 0; // The pipe broke: the same as its end.
        }
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        var room = maxLineBytes - _line.WrittenCount;
        _dropping |= bytes.Length > room;
        _line.Write(bytes[..Math.Min(bytes.Length, room)]);
    }

    private string Take()
    {
        var bytes = _line.WrittenSpan;
        var text = Encoding.UTF8.GetString(bytes is [.., (byte)'\r'] ? bytes[..^1] : bytes) + (_dropping ? "…" : "");
        _dropping = false;
        if (_line.Capacity > 1024 * 1024)
        {
            _line.Clear();
        }
        else
        {
            _line.ResetWrittenCount();
        }

        return text;
    }
}
