namespace Orchestrator.Routing.Validation;

/// <summary>Finds fallbacks that lead back to where they came from.</summary>
internal static class FallbackCycles
{
    /// <summary>Names every circle once, from its first provider in ordinal order on.</summary>
    public static void Check(IReadOnlyDictionary<string, ProviderSettings> settings, SettingErrors errors)
    {
        var done = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in settings.Keys.Order(StringComparer.Ordinal))
        {
            Follow(name, settings, [], done, errors);
        }
    }

    private static void Follow(string name, IReadOnlyDictionary<string, ProviderSettings> settings, List<string> path, HashSet<string> done, SettingErrors errors)
    {
        var start = path.FindIndex(before => RoutingDomain.Same(before, name));
        if (start >= 0)
        {
            errors.Add($"The fallbacks go round in a circle: {string.Join(" -> ", path.Skip(start).Append(path[start]))}. Take one of them out of {nameof(ProviderSettings.Fallbacks)}.");
            return;
        }

        if (done.Contains(name) || !settings.TryGetValue(name, out var own))
        {
            return;
        }

        path.Add(name);
        foreach (var next in own.Fallbacks)
        {
            Follow(next, settings, path, done, errors);
        }

        path.RemoveAt(path.Count - 1);
        done.Add(name);
    }
}
