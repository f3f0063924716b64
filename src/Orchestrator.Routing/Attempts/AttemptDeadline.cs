using Orchestrator.Providers;

namespace Orchestrator.Routing.Attempts;

/// <summary>The caller's token, and the deadline that all attempts share.</summary>
internal sealed class AttemptDeadline : IDisposable
{
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(45);

    private readonly DateTimeOffset? _deadline;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource? _timer;
    private readonly CancellationTokenSource? _both;

    public AttemptDeadline(DateTimeOffset? deadline, TimeProvider time, CancellationToken cancellationToken)
    {
        (_deadline, _time, Token) = (deadline, time, cancellationToken);
        if (deadline is { } end && end - time.GetUtcNow() is var left && left < LongestTimer)
        {
            _timer = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
            _both = CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, cancellationToken);
            Token = _both.Token;
        }
    }

    public CancellationToken Token { get; }

    /// <summary>Whether it is over: by its timer or by the clock. The timer may be a little early, or late.</summary>
    public bool HasPassed => _timer is { IsCancellationRequested: true } || _deadline <= _time.GetUtcNow();

    public AgentFailure Failure(string taskId) => new() { Class = FailureClass.Timeout, Message = $"The deadline of task {taskId} ({_deadline:yyyy-MM-dd HH:mm:ss}Z) has passed." };

    public void Dispose()
    {
        _both?.Dispose();
        _timer?.Dispose();
    }
}
