namespace Orchestrator.Queue.Signals;

/// <summary>Tells waiters in this process that a queue got a task or that a task changed. A hint: the database is the truth.</summary>
internal sealed class TaskSignals(TimeProvider time)
{
    private const string CancellationKey = "cancellation";

    private readonly Lock _gate = new(); // guards _watched
    private readonly Dictionary<string, List<Signal>> _watched = new(StringComparer.Ordinal);

    public Signal WatchQueue(string queue) => Watch(QueueKey(queue));

    public Signal WatchTask(string taskId) => Watch(TaskKey(taskId));

    public Signal WatchCancellations() => Watch(CancellationKey);

    public void Available(string queue) => Set(QueueKey(queue));

    public void Changed(string taskId) => Set(TaskKey(taskId));

    public void CancelRequested() => Set(CancellationKey);

    private static string QueueKey(string queue) => "queue:" + queue;

    private static string TaskKey(string taskId) => "task:" + taskId;

    private Signal Watch(string key)
    {
        var signal = new Signal(time, stopped => Forget(key, stopped));
        lock (_gate)
        {
            if (!_watched.TryGetValue(key, out var signals))
            {
                _watched[key] = signals = [];
            }

            signals.Add(signal);
        }

        return signal;
    }

    private void Set(string key)
    {
        Signal[] signals;
        lock (_gate)
        {
            signals = _watched.TryGetValue(key, out var found) ? [.. found] : [];
        }

        foreach (var signal in signals)
        {
            signal.Set();
        }
    }

    private void Forget(string key, Signal signal)
    {
        lock (_gate)
        {
            if (_watched.TryGetValue(key, out var signals) && signals.Remove(signal) && signals.Count == 0)
            {
                _watched.Remove(key);
            }
        }
    }
}
