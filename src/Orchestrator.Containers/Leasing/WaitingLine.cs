namespace Orchestrator.Containers.Leasing;

/// <summary>Callers that wait for a slot, first come first served, at most so many.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class WaitingLine(int capacity)
{
    private readonly Lock _gate = new(); // guards the list
    private readonly LinkedList<Waiter> _line = [];
    private int _count; // the list's count, to be read without the lock

    public int Count => Volatile.Read(ref _count);

    public bool TryAdd(Waiter waiter)
    {
        lock (_gate)
        {
            if (_line.Count >= capacity)
            {
                return false;
            }

            _line.AddLast(waiter.Node);

            // A full fence: whoever looks for a slot after this is seen by whoever gives one before looking at the count.
            Interlocked.Increment(ref _count);
            return true;
        }
    }

    public Waiter? First()
    {
        lock (_gate)
        {
            return _line.First?.Value;
        }
    }

    /// <summary>Takes a caller out of the line if it still is the first.</summary>
    public bool TryTakeFirst(Waiter waiter)
    {
        lock (_gate)
        {
            return ReferenceEquals(_line.First, waiter.Node) && Take(waiter);
        }
    }

    /// <summary>Takes a caller out of the line, wherever it stands.</summary>
    public bool TryTake(Waiter waiter)
    {
        lock (_gate)
        {
            return waiter.Node.List is not null && Take(waiter);
        }
    }

    public IReadOnlyList<Waiter> TakeAll()
    {
        lock (_gate)
        {
            var all = _line.ToArray();
            _line.Clear();
            Interlocked.Exchange(ref _count, 0);
            return all;
        }
    }

    private bool Take(Waiter waiter)
    {
        _line.Remove(waiter.Node);
        Interlocked.Decrement(ref _count);
        return true;
    }
}
