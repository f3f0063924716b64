using System.Threading.Channels;

namespace Orchestrator.Queue.Schedules;

/// <summary>Wakes the runner of this process when a schedule was put here.</summary>
internal sealed class ScheduleWake
{
    private readonly Channel<bool> _pending = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Set() => _pending.Writer.TryWrite(true);

    /// <summary>Waits until it is set or <paramref name="longest"/> went by.</summary>
    public async ValueTask WaitAsync(TimeSpan longest, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(longest, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        try
        {
            await _pending.Reader.ReadAsync(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The time went by.
        }
    }
}
