namespace Orchestrator.Providers.Processes;

/// <summary>The three clocks over a process: to the first line, between lines, and in all.</summary>
internal sealed class OutputClocks : IDisposable
{
    private readonly AgentTimeLimits _limits;
    private readonly Action<ProcessEnd> _expired;
    private readonly ITimer _silence;
    private readonly ITimer _total;
    private int _waiting;
    private int _lines;
    private volatile bool _disposed;

    public OutputClocks(AgentTimeLimits limits, TimeProvider time, Action<ProcessEnd> expired)
    {
        _limits = limits;
        _expired = expired;
        _silence = time.CreateTimer(static state => ((OutputClocks)state!).OnSilence(), this, limits.Startup, Timeout.InfiniteTimeSpan);
        _total = time.CreateTimer(static state => ((OutputClocks)state!)._expired(ProcessEnd.TotalTimeout), this, limits.Total, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether a line has come that the consumer has not taken yet: the silence is then not the process' fault.</summary>
    public bool IsWaitingForConsumer => Volatile.Read(ref _waiting) > 0;

    /// <summary>Notes a line; until the result is disposed the consumer is waited for and no silence counts.</summary>
    public Handover LineCame()
    {
        Interlocked.Increment(ref _lines);
        Interlocked.Increment(ref _waiting);
        return new Handover(this);
    }

    public void Dispose()
    {
        _disposed = true;
        _silence.Dispose();
        _total.Dispose();
    }

    private void OnSilence()
    {
        if (IsWaitingForConsumer)
        {
            Rearm();
        }
        else
        {
            _expired(Volatile.Read(ref _lines) == 0 ? ProcessEnd.StartupTimeout : ProcessEnd.IdleTimeout);
        }
    }

    private void Rearm()
    {
        if (!_disposed)
        {
            _silence.Change(_limits.Idle, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The time from a line's arrival to its consumption.</summary>
    public readonly struct Handover(OutputClocks clocks) : IDisposable
    {
        public void Dispose()
        {
            Interlocked.Decrement(ref clocks._waiting);
            clocks.Rearm();
        }
    }
}
