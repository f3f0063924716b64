using System.Net.Sockets;

namespace Orchestrator.Providers.Proxy.Wire;

/// <summary>Reads requests from a client's connection. Its memory is one buffer. Not thread-safe.</summary>
/// <param name="socket">The connection.</param>
/// <param name="time">The clock over a body that does not come.</param>
internal sealed class ClientReader(Socket socket, TimeProvider time)
{
    /// <summary>How long is waited for a head, and for each next piece of a body.</summary>
    public static readonly TimeSpan IdleTime = TimeSpan.FromMinutes(2);

    /// <summary>The most bytes of a head.</summary>
    public const int MaxHead = 32 * 1024;

    private const int MaxLine = 256; // Of a chunk's size or a trailer.

    private readonly byte[] _buffer = new byte[MaxHead];
    private int _start;
    private int _end;

    /// <summary>Whether more came already than was read.</summary>
    public bool HasMore => _start < _end;

    /// <returns>The next head; <see langword="null"/> when the client ended the connection before one.</returns>
    /// <exception cref="RefusedException">It is none.</exception>
    public async ValueTask<RequestHead?> ReadHeadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var length = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n\r\n"u8);
            if (length >= 0)
            {
                var (head, problem) = RequestHeadParser.Parse(_buffer.AsSpan(_start, length + 2));
                _start += length + 4;
                return head ?? throw new RefusedException(Refusal.Malformed(problem!));
            }

            if (_end - _start == _buffer.Length)
            {
                throw new RefusedException(Refusal.Malformed("The headers are too long.") with { Status = 431 });
            }

            if (!await FillAsync(cancellationToken).ConfigureAwait(false))
            {
                return _start == _end ? null : throw new RefusedException(Refusal.Malformed("The headers break off."));
            }
        }
    }

    /// <summary>Reads bytes of a body.</summary>
    /// <returns>How many came, at least 1.</returns>
    /// <exception cref="RefusedException">None came for too long.</exception>
    /// <exception cref="IOException">The connection ended.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        if (_start == _end && !await FillInTimeAsync(cancellationToken).ConfigureAwait(false))
        {
            throw new IOException("The client went away.");
        }

        var count = Math.Min(destination.Length, _end - _start);
        _buffer.AsMemory(_start, count).CopyTo(destination);
        _start += count;
        return count;
    }

    /// <summary>Reads a line of a chunked body, without its end.</summary>
    /// <exception cref="RefusedException">It is too long, does not end properly, or does not come.</exception>
    /// <exception cref="IOException">The connection ended.</exception>
    public async ValueTask<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (length > MaxLine || (length < 0 && _end - _start > MaxLine) || (length >= 0 && (length == 0 || _buffer[_start + length - 1] != '\r')))
            {
                throw new RefusedException(Refusal.Malformed("A chunk of the body is malformed."));
            }

            if (length > 0)
            {
                var line = System.Text.Encoding.Latin1.GetString(_buffer, _start, length - 1);
                _start += length + 1;
                return line;
            }

            if (!await FillInTimeAsync(cancellationToken).ConfigureAwait(false))
            {
                throw new IOException("The client went away.");
            }
        }
    }

    private async ValueTask<bool> FillInTimeAsync(CancellationToken cancellationToken)
    {
        using var idle = new CancellationTokenSource(IdleTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, cancellationToken);
        try
        {
            return await FillAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (idle.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new RefusedException(Refusal.TooSlow);
        }
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        var count = await socket.ReceiveAsync(_buffer.AsMemory(_end), SocketFlags.None, cancellationToken).ConfigureAwait(false);
        _end += count;
        return count > 0;
    }
}
