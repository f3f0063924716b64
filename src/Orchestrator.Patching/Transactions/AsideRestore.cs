namespace Orchestrator.Patching;

/// <summary>Decides what becomes of a file that was put aside when everything ended.</summary>
internal sealed class AsideRestore(TreeReader tree, TreeWriter writer)
{
    /// <summary>Brings a file that was put aside where it belongs.</summary>
    /// <returns><see langword="false"/> when it is a third party's, and its place is taken: it stays where it is.</returns>
    public bool Run(TreeChange change, string aside)
    {
        if (tree.Obstacle(aside) is not null || tree.Entry(aside).Kind is not (EntryKind.File or EntryKind.Link))
        {
            return true;
        }

        var (put, place) = (Image(change, aside), Image(change, change.Path));

        // Only the content tells: the number of a file that is gone may be that of one that was made since.
        var isDisplaced = FileImage.Same(put, change.Before) || !IsOurs(change, put);
        if (place is null && tree.Entry(change.Path).Kind != EntryKind.Missing)
        {
            return Keep(change, aside, put);
        }

        if (place is null)
        {
            if (isDisplaced)
            {
                writer.PutBack(aside, change.Path);
            }
            else
            {
                writer.Discard(aside);
            }

            return true;
        }

        if (FileImage.Same(place, change.After) && isDisplaced)
        {
            // The exchange had happened. The file that was there gets its name back, whoever wrote to it since.
            if (!writer.TryExchange(change.Path, aside))
            {
                return false;
            }

            if (FileImage.Same(Image(change, aside), change.After))
            {
                writer.Discard(aside);
                return true;
            }

            // Somebody took the name in the last moment, and gets it back.
            return writer.TryExchange(change.Path, aside) && Keep(change, aside, put);
        }

        return Keep(change, aside, put);
    }

    private bool Keep(TreeChange change, string aside, FileImage? put)
    {
        if (!IsOurs(change, put))
        {
            return false;
        }

        writer.Discard(aside);
        return true;
    }

    /// <summary>The content before or after, or what there was of it when everything ended: nothing that is not in the journal.</summary>
    private static bool IsOurs(TreeChange change, FileImage? put) => TornWrite.IsPart(put, change.After) || TornWrite.IsPart(put, change.Before);

    /// <summary>What is longer than both contents is a third party's, and not read.</summary>
    private FileImage? Image(TreeChange change, string path)
    {
        var entry = tree.Entry(path);
        return entry.Size <= Math.Max(change.Before?.Bytes.Length ?? 0, change.After?.Bytes.Length ?? 0) || entry.Kind == EntryKind.Link ? tree.Read(path, entry) : null;
    }
}
