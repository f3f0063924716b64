namespace Orchestrator.Patching;

/// <summary>Which directories come and go with the files.</summary>
internal static class DirectoryPlan
{
    public static List<string> New(TreeReader tree, List<TreeChange> changes)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        var result = new List<string>();
        foreach (var change in changes)
        {
            if (change.Before is not null || change.After is null)
            {
                continue;
            }

            foreach (var parent in TreeReader.Parents(change.Path))
            {
                if (known.Add(parent) && tree.Entry(parent).Kind != EntryKind.Directory)
                {
                    result.Add(parent);
                }
            }
        }

        return result;
    }

    public static List<EmptiedDirectory> Emptied(TreeReader tree, List<TreeChange> changes)
    {
        var kept = changes.Where(static change => change.After is not null).SelectMany(static change => TreeReader.Parents(change.Path)).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. changes.Where(static change => change.After is null)
                .SelectMany(static change => TreeReader.Parents(change.Path))
                .Distinct()
                .Where(parent => !kept.Contains(parent))
                .OrderByDescending(static parent => parent.Count(static c => c == '/'))
                .Select(parent => new EmptiedDirectory(parent, tree.Entry(parent).Mode)),
        ];
    }
}
