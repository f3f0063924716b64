namespace Orchestrator.Patching;

/// <summary>Brings a tree from before to after. What may have been touched is known at every moment, so that it can be taken back.</summary>
internal sealed class TreeCommit(TreeReader tree, TransactionSettings settings, FileProof proof)
{
    private const int Threads = 2;

    private readonly List<int> _begun = [];
    private readonly Lock _lock = new();

    /// <summary>The changes that were begun.</summary>
    public IReadOnlyList<int> Begun => _begun;

    public void Run(JournalDocument journal, StageProgress progress, CancellationToken cancellationToken)
    {
        var writer = new TreeWriter(tree, settings, proof);
        var asides = new AsidePath(journal);
        var all = Enumerable.Range(0, journal.Changes.Count).ToLookup(i => journal.Changes[i].After is not null);
        void Write(int index)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Replace(writer, asides, journal, index);
            progress.Step();
        }

        foreach (var index in all[false])
        {
            Write(index);
        }

        foreach (var directory in journal.EmptiedDirectories)
        {
            writer.TryRemoveDirectory(directory.Path);
        }

        foreach (var directory in journal.NewDirectories)
        {
            writer.MakeDirectory(directory);
        }

        Parallelism.Run([.. all[true]], Threads, Write);
        writer.Flush();
    }

    private void Replace(TreeWriter writer, AsidePath asides, JournalDocument journal, int index)
    {
        var change = journal.Changes[index];
        lock (_lock)
        {
            _begun.Add(index);
        }

        try
        {
            writer.Replace(change.Path, asides.Of(index), change.Before, change.Stamp, change.After);
        }
        catch (ChangedMeanwhileException) when (!change.IsRemade)
        {
            // Nothing of ours is in it: the file is not ours to restore.
            lock (_lock)
            {
                _begun.Remove(index);
            }

            throw;
        }
    }
}
