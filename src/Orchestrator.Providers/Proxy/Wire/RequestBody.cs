using System.Globalization;

namespace Orchestrator.Providers.Proxy.Wire;

/// <summary>The body of a request, read as it is sent on. Not thread-safe but for <see cref="WhenRead"/>.</summary>
internal sealed class RequestBody
{
    /// <summary>The most bytes of a body.</summary>
    public const long MaxLength = 64L * 1024 * 1024;

    private readonly ClientReader _reader;
    private readonly TaskCompletionSource _read = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly bool _isChunked;
    private long _left; // Of the body, or of the chunk.
    private bool _hasChunks;

    public RequestBody(RequestHead head, ClientReader reader)
    {
        _reader = reader;
        Length = head.ContentLength;
        _isChunked = head.ContentLength is null;
        _left = head.ContentLength ?? 0;
        if (head.ContentLength is 0)
        {
            _read.SetResult();
        }
    }

    /// <summary>How long it is; <see langword="null"/> for one in chunks.</summary>
    public long? Length { get; }

    /// <summary>What was read so far.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Whether somebody reads it, or did: nobody else may then.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Ends when all of it was read.</summary>
    public Task WhenRead => _read.Task;

    /// <summary>Whether all of it was read, so that another request can follow.</summary>
    public bool IsRead => _read.Task.IsCompletedSuccessfully;

    /// <returns>How many bytes came; 0 at the end.</returns>
    /// <exception cref="RefusedException">It is too long, its chunks are malformed, or nothing more of it comes.</exception>
    /// <exception cref="IOException">The client went away.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        HasBegun = true;
        if (IsRead)
        {
            return 0;
        }

        if (_isChunked && _left == 0 && !await NextChunkAsync(cancellationToken).ConfigureAwait(false))
        {
            _read.SetResult();
            return 0;
        }

        var count = await _reader.ReadAsync(destination[..(int)Math.Min(destination.Length, _left)], cancellationToken).ConfigureAwait(false);
        _left -= count;
        BytesRead += count;
        if (BytesRead > MaxLength)
        {
            throw new RefusedException(Refusal.TooLarge);
        }

        if (!_isChunked && _left == 0)
        {
            _read.SetResult();
        }

        return count;
    }

    /// <summary>Reads the rest and forgets it.</summary>
    public async ValueTask SkipAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        while (await ReadAsync(buffer, cancellationToken).ConfigureAwait(false) > 0)
        {
        }
    }

    private async ValueTask<bool> NextChunkAsync(CancellationToken cancellationToken)
    {
        if (_hasChunks && (await _reader.ReadLineAsync(cancellationToken).ConfigureAwait(false)).Length != 0)
        {
            throw new RefusedException(Refusal.Malformed("A chunk of the body is longer than it says."));
        }

        _hasChunks = true;
        var line = await _reader.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        var size = line.Split(';', 2)[0]; // What follows are extensions, which are not passed on.
        if (size.Length is 0 or > 8 || !long.TryParse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _left))
        {
            throw new RefusedException(Refusal.Malformed("A chunk of the body has no proper size."));
        }

        if (_left > 0)
        {
            return true;
        }

        // Trailers are not passed on.
        for (var lines = 0; (await _reader.ReadLineAsync(cancellationToken).ConfigureAwait(false)).Length > 0; lines++)
        {
            if (lines == 16)
            {
                throw new RefusedException(Refusal.Malformed("There are too many trailers."));
            }
        }

        return false;
    }
}
