using Orchestrator.Routing.Attempts;

namespace Orchestrator.Hosting;

/// <summary>Keeps what an attempt has reserved for as long as it runs, however long its provider may take; after a crash it is free again within minutes.</summary>
internal sealed class ReservationRenewal : IAsyncDisposable
{
    /// <summary>How long a reservation lasts that nobody renews.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromMinutes(10);

    /// <summary>Three renewals may fail before it is lost.</summary>
    public static readonly TimeSpan Interval = Duration / 4;

    private readonly CancellationTokenSource _ended = new();
    private readonly Task _renewing;

    public ReservationRenewal(AttemptContext context, TimeProvider time) => _renewing = RenewAsync(context, time, _ended.Token);

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync().ConfigureAwait(false);
        await _renewing.ConfigureAwait(false);
        _ended.Dispose();
    }

    private static async Task RenewAsync(AttemptContext context, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            using var timer = new PeriodicTimer(Interval, time);
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                // A renewal that fails is logged where it failed, and tried again at the next tick.
                await context.RenewAsync(Duration, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The attempt has ended; it is settled by whoever admitted it.
        }
    }
}
