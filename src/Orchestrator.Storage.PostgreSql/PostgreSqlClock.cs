namespace Orchestrator.Storage.PostgreSql;

/// <summary>The server's clock, kept as its distance to this process' monotonic clock: a wall clock that is wrong here does no harm.</summary>
internal sealed class PostgreSqlClock(TimeProvider time, Func<CancellationToken, ValueTask<long>> read) : IDisposable
{
    private const int MaxAgeSeconds = 30;

    private readonly SemaphoreSlim _gate = new(1, 1); // one measurement at a time
    private volatile Measurement? _last;

    public async ValueTask<DateTimeOffset> GetAsync(CancellationToken cancellationToken)
    {
        if (_last is not { } last || time.GetElapsedTime(last.Timestamp).TotalSeconds > MaxAgeSeconds)
        {
            last = await MeasureAsync(cancellationToken).ConfigureAwait(false);
        }

        return DateTimeOffset.FromUnixTimeMilliseconds((last.Microseconds + (long)time.GetElapsedTime(last.Timestamp).TotalMicroseconds) / 1000);
    }

    public void Dispose() => _gate.Dispose();

    private async ValueTask<Measurement> MeasureAsync(CancellationToken cancellationToken)
    {
        // Whoever has an older measurement goes on with it while another caller makes a new one.
        if (!await _gate.WaitAsync(0, cancellationToken).ConfigureAwait(false))
        {
            if (_last is { } old)
            {
                return old;
            }

            await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        try
        {
            if (_last is { } fresh && time.GetElapsedTime(fresh.Timestamp).TotalSeconds <= MaxAgeSeconds)
            {
                return fresh;
            }

            var before = time.GetTimestamp();
            var server = await read(cancellationToken).ConfigureAwait(false);
            var after = time.GetTimestamp();
            return _last = new Measurement(before + ((after - before) / 2), server);
        }
        finally
        {
            _gate.Release();
        }
    }

    private sealed record Measurement(long Timestamp, long Microseconds);
}
