namespace Orchestrator.Queue.Workers;

/// <summary>The tasks that a worker holds, and how many more it can.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class HeldTasks(TaskWorkerOptions options)
{
    private const int MaxRequest = 1000;

    private readonly Lock _gate = new(); // guards the fields below
    private readonly HashSet<RunningTask> _held = [];
    private readonly Queue<RunningTask> _waiting = new();
    private readonly Stack<List<RunningTask>> _spare = new();
    private List<RunningTask> _ended = [];
    private int _running;
    private int _slots;
    private int _ending; // held, but their outcomes are on their way
    private int _asked; // leases on their way

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

    /// <summary>How many handlers returned whose outcomes are not on their way yet.</summary>
    public int Ended
    {
        get
        {
            lock (_gate)
            {
                return _ended.Count;
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

    /// <summary>Takes a task in that was leased for the last <see cref="Room"/>.</summary>
    /// <returns>Whether its handler is to be started now.</returns>
    public bool Add(RunningTask task)
    {
        lock (_gate)
        {
            _asked--;
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

    /// <summary>Takes the tasks whose outcomes are to be stored; they are held until <see cref="Remove"/> or <see cref="PutBack"/>.</summary>
    /// <returns>A list to be given to <see cref="Return"/>.</returns>
    public List<RunningTask> TakeEnded()
    {
        lock (_gate)
        {
            var taken = _ended;
            _ended = _spare.TryPop(out var spare) ? spare : [];
            _ending += taken.Count;
            return taken;
        }
    }

    /// <summary>The list is not needed any more.</summary>
    public void Return(List<RunningTask> taken)
    {
        lock (_gate)
        {
            taken.Clear();
            _spare.Push(taken);
        }
    }

    /// <summary>Their outcomes could not be stored.</summary>
    public void PutBack(List<RunningTask> ended)
    {
        lock (_gate)
        {
            _ended.AddRange(ended);
            _ending -= ended.Count;
        }
    }

    /// <summary>One of those that were taken is done with.</summary>
    public void Remove(RunningTask task)
    {
        lock (_gate)
        {
            _ending--;
            if (_held.Remove(task))
            {
                _slots -= task.Slots;
            }
        }
    }

    /// <summary>How many tasks, and slots, can be taken once all that have ended are stored. Counts as taken until <see cref="Add"/> or <see cref="Forgo"/>.</summary>
    /// <returns><see langword="null"/> for none.</returns>
    public (int Count, int? Slots)? Room(List<RunningTask> ending)
    {
        lock (_gate)
        {
            var room = Free(ending.Sum(static task => task.Slots));
            _asked += room?.Count ?? 0;
            return room;
        }
    }

    /// <summary>As <see cref="Room"/> without tasks that end, but nothing counts as taken before <see cref="Expect"/>.</summary>
    /// <returns><see langword="null"/> for none.</returns>
    public (int Count, int? Slots)? Look()
    {
        lock (_gate)
        {
            return Free(0);
        }
    }

    /// <summary>So many come.</summary>
    public void Expect(int count) => Forgo(-count);

    /// <summary>So many of those that there was room for do not come.</summary>
    public void Forgo(int count)
    {
        lock (_gate)
        {
            _asked -= count;
        }
    }

    private (int Count, int? Slots)? Free(int endingSlots)
    {
        var count = Math.Min(options.Concurrency + options.Prefetch - (_held.Count - _ending) - _asked, MaxRequest);
        var slots = options.Slots - (_slots - endingSlots);
        return count <= 0 || slots <= 0 ? null : (count, slots);
    }
}
