namespace Orchestrator.Queue.Signals;

/// <summary>Tells waiters in this process that a queue got a task or that a task changed. A hint: the database is the truth.</summary>
internal sealed class TaskSignals(TimeProvider time)
{
    private const string End = "end";

    private readonly SignalMap _queues = new(time);
    private readonly SignalMap _tasks = new(time);
    private readonly SignalMap _ends = new(time);
    private bool _isListening;

    /// <summary>Somebody in this process asked to cancel or give back a running task. Those who listen must return at once.</summary>
    public event Action? CancellationRequested;

    /// <summary>Somebody in another process may have, in that queue; <see langword="null"/> for any.</summary>
    public event Action<string?>? CancellationHinted;

    /// <summary>Whether changes of other processes are heard of.</summary>
    public bool IsListening { get => Volatile.Read(ref _isListening); set => Volatile.Write(ref _isListening, value); }

    /// <summary>The clock that waiting goes by.</summary>
    public TimeProvider Time => time;

    /// <summary>Set when a queue may have a task that can run.</summary>
    public Signal WatchQueue(string queue) => _queues.Watch(queue);

    /// <summary>Set when a task changed.</summary>
    public Signal WatchTask(string taskId) => _tasks.Watch(taskId);

    /// <summary>Set when any task left its worker.</summary>
    public Signal WatchEnds() => _ends.Watch(End);

    public void Available(string queue) => _queues.Set(queue);

    /// <summary>Some queue got a task, nobody knows which.</summary>
    public void AvailableEverywhere() => _queues.SetAll();

    public void Changed(string taskId)
    {
        _tasks.Set(taskId);
        _ends.Set(End);
    }

    public void CancelRequested() => CancellationRequested?.Invoke();

    /// <summary>Another process changed something; it may have asked to cancel a running task.</summary>
    public void CancelHinted(string? queue) => CancellationHinted?.Invoke(queue);
}
