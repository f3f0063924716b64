namespace Orchestrator.Containers.Scaling;

/// <summary>How far a pool may grow now: by so many within one interval, or to twice its size when that is more.</summary>
internal sealed class StepLimit(int limit, TimeSpan interval)
{
    private readonly Queue<(DateTimeOffset At, int Added)> _steps = new();

    /// <summary>The most instances there may be now, when there are <paramref name="current"/>.</summary>
    public int HighestAt(DateTimeOffset now, int current)
    {
        while (_steps.TryPeek(out var step) && step.At <= now - interval)
        {
            _steps.Dequeue();
        }

        var before = Math.Max(0, current - _steps.Sum(step => step.Added));
        return Math.Max(current, before + Math.Max(limit, before));
    }

    public void Added(DateTimeOffset now, int instances) => _steps.Enqueue((now, instances));
}
