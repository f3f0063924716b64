using Microsoft.Extensions.AI;

namespace Orchestrator.Routing.Chat;

/// <summary>The frames of one client's stream: each may be waited for under a token of its own, and a client that ignores its token holds nobody up.</summary>
internal sealed class ChatFrames : IAsyncEnumerator<ChatResponseUpdate>
{
    private readonly IAsyncEnumerator<ChatResponseUpdate> _frames;
    private readonly CancellationTokenSource _stop;
    private Task<bool>? _next;

    private ChatFrames(IAsyncEnumerator<ChatResponseUpdate> frames, CancellationTokenSource stop) => (_frames, _stop) = (frames, stop);

    public ChatResponseUpdate Current => _frames.Current;

    /// <summary>Opens the stream; what the client throws at once comes through.</summary>
    /// <param name="open">Opens it, under the token that it lives by.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static ChatFrames Open(Func<CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> open, CancellationToken cancellationToken)
    {
        var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            return new ChatFrames(open(stop.Token).GetAsyncEnumerator(stop.Token), stop);
        }
        catch
        {
            stop.Dispose();
            throw;
        }
    }

    public ValueTask<bool> MoveNextAsync() => MoveNextAsync(CancellationToken.None);

    public async ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
    {
        _next = _frames.MoveNextAsync().AsTask();
        var any = await _next.WaitAsync(cancellationToken).ConfigureAwait(false);
        _next = null;
        return any;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        var closing = CloseAsync();

        // A client that ignores its token is not waited for.
        if (_next is null or { IsCompleted: true })
        {
            await closing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        else
        {
            Abandoned.Watch(closing);
        }
    }

    // An enumerator must not be disposed while it moves. What it throws when nobody listens any more is of no interest.
    private async Task CloseAsync()
    {
        if (_next is { } pending)
        {
            await ((Task)pending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        try
        {
            await _frames.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            _stop.Dispose();
        }
    }
}
