namespace Orchestrator.Queue.Workers;

/// <summary>The tasks that a worker holds, and how many more it can.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class HeldTasks(TaskWorkerOptions options)
{
    private const int MaxRequest = 1000;

    private readonly Lock _gate = new(); // guards the fields below
    private readonly HashSet<RunningTask> _held = [];
    private readonly Queue<RunningTask> _waiting = new();
    private List<RunningTask> _ended = [];
    private List<RunningTask> _spare = [];
    private int _running;
    private int _slots;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _held.Count;
            }
        }
    }

    /// <summary>Whether handlers returned whose outcomes are not stored yet.</summary>
    public bool HasEnded
    {
        get
        {
            lock (_gate)
            {
                return _ended.Count > 0;
            }
        }
    }

    /// <summary>How many handlers run.</summary>
    public int Running
    {
        get
        {
            lock (_gate)
            {
                return _running;
            }
        }
    }

    public RunningTask[] Snapshot()
    {
        lock (_gate)
        {
            return [.. _held];
        }
    }

    /// <summary>Takes a leased task in.</summary>
    /// <returns>Whether its handler is to be started now.</returns>
    public bool Add(RunningTask task)
    {
        lock (_gate)
        {
            _held.Add(task);
            _slots += task.Slots;
            if (_running < options.Concurrency)
            {
                _running++;
                return true;
            }

            _waiting.Enqueue(task);
            return false;
        }
    }

    /// <summary>A handler returned.</summary>
    /// <returns>The task whose handler is to be started in its place; <see langword="null"/> for none.</returns>
    public RunningTask? End(RunningTask task)
    {
        lock (_gate)
        {
            _ended.Add(task);
            if (_waiting.TryDequeue(out var next))
            {
                return next;
            }

            _running--;
            return null;
        }
    }

    /// <summary>Takes the tasks whose handlers did not start.</summary>
    public RunningTask[] TakeWaiting()
    {
        lock (_gate)
        {
            RunningTask[] waiting = [.. _waiting];
            _waiting.Clear();
            _ended.AddRange(waiting);
            return waiting;
        }
    }

    /// <summary>Takes the tasks whose outcomes are to be stored; they are held until <see cref="Remove"/>. The list is valid until the next call.</summary>
    public List<RunningTask> TakeEnded()
    {
        lock (_gate)
        {
            var taken = _ended;
            (_ended, _spare) = (_spare, _ended);
            _ended.Clear();
            return taken;
        }
    }

    /// <summary>Their outcomes could not be stored.</summary>
    public void PutBack(IEnumerable<RunningTask> ended)
    {
        lock (_gate)
        {
            _ended.AddRange(ended);
        }
    }

    public void Remove(RunningTask task)
    {
        lock (_gate)
        {
            if (_held.Remove(task))
            {
                _slots -= task.Slots;
            }
        }
    }

    /// <summary>How many tasks, and slots, can be taken once these have ended.</summary>
    /// <returns><see langword="null"/> for none.</returns>
    public (int Count, int? Slots)? Room(List<RunningTask> ending)
    {
        lock (_gate)
        {
            var count = Math.Min(options.Concurrency + options.Prefetch - (_held.Count - ending.Count), MaxRequest);
            var slots = options.Slots - (_slots - ending.Sum(static task => task.Slots));
            return count <= 0 || slots <= 0 ? null : (count, slots);
        }
    }
}
