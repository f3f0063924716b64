namespace Orchestrator.Routing.Snapshots;

/// <summary>Hands out one shared list of names for each order of candidates, so that a decision need not build its own.</summary>
/// <remarks>
/// A cache with eight places for each hash: an order that is not there takes a free one, else the first, whose entry moves to the second and so on. Entries are immutable and swapped whole, so no lock is needed;
/// at worst two threads build the same list.
/// </remarks>
internal sealed class FallbackLists(string[] names)
{
    private const int Slots = 2048;
    private const int Ways = 8;
    private readonly Entry?[] _entries = new Entry?[Slots];

    public ValueList<string> Get(ReadOnlySpan<int> order)
    {
        if (order.IsEmpty)
        {
            return [];
        }

        var hash = (ulong)order.Length;
        foreach (var candidate in order)
        {
            hash = (hash ^ (uint)candidate) * Mixer.Step;
            hash ^= hash >> 32;
        }

        hash *= Mixer.Step;

        var set = _entries.AsSpan((int)(hash >> 56) * Ways, Ways);
        foreach (ref var slot in set)
        {
            if (Volatile.Read(ref slot) is { } entry && order.SequenceEqual(entry.Order))
            {
                return entry.Names;
            }
        }

        return Add(set, new Entry(order.ToArray(), names));
    }

    private static ValueList<string> Add(Span<Entry?> set, Entry added)
    {
        var moving = added;
        foreach (ref var slot in set)
        {
            moving = Interlocked.Exchange(ref slot, moving);
            if (moving is null)
            {
                break;
            }
        }

        return added.Names;
    }

    private sealed class Entry(int[] order, string[] names)
    {
        public int[] Order { get; } = order;

        public ValueList<string> Names { get; } = order.Select(candidate => names[candidate]).ToValueList();
    }
}
