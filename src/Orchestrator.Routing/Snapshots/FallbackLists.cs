namespace Orchestrator.Routing.Snapshots;

/// <summary>Hands out one shared list of names for each order of candidates, so that a decision need not build its own.</summary>
/// <remarks>
/// A direct-mapped cache: an order that is not there takes the place of the one before it. Entries are immutable and swapped whole, so no lock is needed;
/// at worst two threads build the same list.
/// </remarks>
internal sealed class FallbackLists(string[] names)
{
    private const int Slots = 512;
    private readonly Entry?[] _entries = new Entry?[Slots];

    public ValueList<string> Get(ReadOnlySpan<int> order)
    {
        if (order.IsEmpty)
        {
            return [];
        }

        var hash = 0UL;
        foreach (var candidate in order)
        {
            hash = (hash ^ (uint)candidate) * Mixer.Step;
        }

        ref var slot = ref _entries[(int)(hash >> 55)];
        var entry = Volatile.Read(ref slot);
        if (entry is not null && order.SequenceEqual(entry.Order))
        {
            return entry.Names;
        }

        entry = new Entry(order.ToArray(), names);
        Volatile.Write(ref slot, entry);
        return entry.Names;
    }

    private sealed class Entry(int[] order, string[] names)
    {
        public int[] Order { get; } = order;

        public ValueList<string> Names { get; } = order.Select(candidate => names[candidate]).ToValueList();
    }
}
