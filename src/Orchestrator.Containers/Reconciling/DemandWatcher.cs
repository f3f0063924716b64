using Orchestrator.Containers.Diagnostics;
using Orchestrator.Containers.Scaling;

namespace Orchestrator.Containers.Reconciling;

/// <summary>Asks for the work that waits elsewhere, beside the loop: one round at a time, each source within a second; one that fails counts as its last answer.</summary>
internal sealed class DemandWatcher(PoolParts parts, IReadOnlyList<IPoolDemand> sources, Action<PoolMessage> tell)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private readonly int[] _answers = new int[sources.Count];
    private Task _round = Task.CompletedTask;
    private long? _askedAt;
    private int _told;

    public void Ask(CancellationToken cancellationToken)
    {
        if (sources.Count > 0 && _round.IsCompleted && (_askedAt is not { } asked || parts.Time.GetElapsedTime(asked) >= Limit))
        {
            _askedAt = parts.Time.GetTimestamp();
            _round = Task.Run(() => AskAllAsync(cancellationToken), cancellationToken);
        }
    }

    private async Task AskAllAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(Enumerable.Range(0, sources.Count).Select(source => AskAsync(source, cancellationToken))).ConfigureAwait(false);
        var waiting = (int)Math.Min(_answers.Sum(answer => (long)Math.Max(0, answer)), int.MaxValue);
        if (waiting != _told)
        {
            _told = waiting;
            tell(new DemandTold(waiting));
        }
    }

    private async Task AskAsync(int source, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, parts.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            _answers[source] = await sources[source].GetWaitingAsync(parts.Name, either.Token).AsTask().WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            Log.DemandUnknown(parts.Logger, error, parts.Name);
        }
    }
}
