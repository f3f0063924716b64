namespace Orchestrator.Queue.Health;

/// <summary>How one worker of this process is.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class WorkerHealth(string name, TimeProvider time)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new(); // guards the fields below
    private bool _isRunning;
    private TimeSpan _longestPoll;
    private long _succeededAt;
    private string? _fault;

    public string Name => name;

    public void Begin(TimeSpan longestPoll)
    {
        lock (_gate)
        {
            (_isRunning, _longestPoll, _succeededAt) = (true, longestPoll, time.GetTimestamp());
        }
    }

    public void End()
    {
        lock (_gate)
        {
            _isRunning = false;
        }
    }

    public void Succeeded()
    {
        lock (_gate)
        {
            (_succeededAt, _fault) = (time.GetTimestamp(), null);
        }
    }

    public void Failed(Exception error)
    {
        lock (_gate)
        {
            _fault = error is OrchestratorException coded ? coded.Code : error.GetType().Name;
        }
    }

    /// <summary>What is wrong with it; <see langword="null"/> for nothing.</summary>
    public string? Trouble()
    {
        lock (_gate)
        {
            var since = time.GetElapsedTime(_succeededAt);
            return (_isRunning, _fault) switch
            {
                (false, _) => $"The worker '{name}' does not run.",
                (_, { } fault) => $"The worker '{name}' cannot reach the queue since {since.TotalSeconds:0} s: {fault}.",
                _ when since > _longestPoll + Grace => $"The worker '{name}' has not looked at the queue for {since.TotalSeconds:0} s.",
                _ => null,
            };
        }
    }
}
