namespace Orchestrator.Patching;

/// <summary>Brings a tree from before to after. What may have been touched is known at every moment, so that it can be taken back.</summary>
internal sealed class TreeCommit(TreeReader tree, bool durable)
{
    private readonly List<int> _begun = [];

    /// <summary>The changes that were begun.</summary>
    public IReadOnlyList<int> Begun => _begun;

    public void Run(JournalDocument journal, CancellationToken cancellationToken)
    {
        var writer = new TreeWriter(tree, durable);
        for (var i = 0; i < journal.Changes.Count; i++)
        {
            var change = journal.Changes[i];
            if (change.After is null)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Replace(writer, i, change);
            }
        }

        foreach (var directory in journal.EmptiedDirectories)
        {
            writer.TryRemoveDirectory(directory.Path);
        }

        foreach (var directory in journal.NewDirectories)
        {
            writer.MakeDirectory(directory);
        }

        for (var i = 0; i < journal.Changes.Count; i++)
        {
            var change = journal.Changes[i];
            if (change.After is not null)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Replace(writer, i, change);
            }
        }

        writer.FlushDirectories();
    }

    private void Replace(TreeWriter writer, int index, TreeChange change)
    {
        _begun.Add(index);
        try
        {
            writer.Replace(change.Path, change.Before, change.Identity, change.After);
        }
        catch (ChangedMeanwhileException) when (change.Before is null || change.After is null || change.Before.Kind == change.After.Kind)
        {
            // Found out before the first write: the file is not ours to restore.
            _begun.RemoveAt(_begun.Count - 1);
            throw;
        }
    }
}
