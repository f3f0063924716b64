using Microsoft.Extensions.AI;

namespace Orchestrator.Routing.Chat;

/// <summary>The frames of one client's stream: each may be waited for under a token of its own, and a client that ignores its token holds nobody up.</summary>
internal sealed class ChatFrames(IAsyncEnumerator<ChatResponseUpdate> frames, CancellationTokenSource stop) : IAsyncEnumerator<ChatResponseUpdate>
{
    private Task<bool>? _next;

    public ChatResponseUpdate Current => frames.Current;

    public ValueTask<bool> MoveNextAsync() => MoveNextAsync(CancellationToken.None);

    public async ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
    {
        _next = frames.MoveNextAsync().AsTask();
        var any = await _next.WaitAsync(cancellationToken).ConfigureAwait(false);
        _next = null;
        return any;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        if (_next is { IsCompleted: false } pending)
        {
            // An enumerator must not be disposed while it moves. It ends by itself; what it throws then is of no interest.
            _ = pending.ContinueWith(
                static (ended, state) =>
                {
                    _ = ended.Exception;
                    var (enumerator, source) = ((IAsyncEnumerator<ChatResponseUpdate>, CancellationTokenSource))state!;
                    source.Dispose();
                    return enumerator.DisposeAsync().AsTask();
                },
                (frames, stop),
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
            return;
        }

        await frames.DisposeAsync().ConfigureAwait(false);
        stop.Dispose();
    }
}
