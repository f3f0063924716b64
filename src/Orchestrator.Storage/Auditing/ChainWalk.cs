using Orchestrator.Auditing;
using Orchestrator.Storage.Sqlite.Auditing;

namespace Orchestrator.Storage.Auditing;

/// <summary>Walks the whole chain and finds the first place where it is broken.</summary>
internal static class ChainWalk
{
    public static async ValueTask<ChainVerification> RunAsync(
        Func<long, CancellationToken, ValueTask<List<OperationRow>>> readPage, int pageSize, Func<CancellationToken, ValueTask<ChainHead>> readHead, CancellationToken cancellationToken)
    {
        var (entries, previous) = (0L, OperationRow.NoHash);

        // The head is read first: entries that others append meanwhile stand after it.
        var head = await readHead(cancellationToken).ConfigureAwait(false);
        var hashAtHead = head.Entries == 0 ? previous : null;
        for (long? from = long.MinValue; from is { } first;)
        {
            var page = await readPage(first, cancellationToken).ConfigureAwait(false);
            foreach (var row in page)
            {
                if (row.Fault(row.Hash, entries + 1, previous) is { } fault)
                {
                    return new ChainVerification(false, entries, entries + 1, fault);
                }

                (entries, previous) = (entries + 1, row.Hash!);
                hashAtHead = entries == head.Entries ? previous : hashAtHead;
            }

            from = page.Count < pageSize ? null : Next(page[^1].Sequence);
        }

        if (entries < head.Entries)
        {
            return new ChainVerification(false, entries, entries + 1, $"Entries {entries + 1} to {head.Entries} at the end are missing.");
        }

        if (hashAtHead != head.Hash)
        {
            return new ChainVerification(false, entries, head.Entries, "The last entry is not the one that was written last.");
        }

        // More entries than the head told of: they were appended meanwhile, and then the head moved on, or they are forged.
        var now = await readHead(cancellationToken).ConfigureAwait(false);
        return now.Entries > entries || (now.Entries == entries && now.Hash == previous)
            ? new ChainVerification(true, entries)
            : new ChainVerification(false, entries, now.Entries + 1, "Entries at the end were not written by the log.");
    }

    /// <summary>The place after this one; <see langword="null"/> after the last that there is.</summary>
    public static long? Next(long sequence) => sequence < long.MaxValue ? sequence + 1 : null;
}
