using Orchestrator.Providers;

namespace Orchestrator.Routing.Chat;

/// <summary>A time limit beside the caller's token, that knows which of the two it was.</summary>
internal sealed class ChatTimeLimit : IDisposable
{
    private readonly TimeSpan _limit;
    private readonly CancellationTokenSource _timer;
    private readonly CancellationTokenSource _both;

    public ChatTimeLimit(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        _limit = limit;
        _timer = new CancellationTokenSource(limit, time);
        _both = CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, cancellationToken);
    }

    public CancellationToken Token => _both.Token;

    /// <summary>The failure, when it was the limit that ended the wait.</summary>
    public AgentFailure? Failure(Exception error) => _timer.IsCancellationRequested && error is OperationCanceledException
        ? new AgentFailure { Class = FailureClass.StartupTimeout, Message = $"Nothing came within {_limit.TotalSeconds:0.###} s." }
        : null;

    public void Dispose()
    {
        _both.Dispose();
        _timer.Dispose();
    }
}
