using Orchestrator.Tasks;

namespace Orchestrator.Routing.Validation;

/// <summary>Says whether one match takes every task that another one takes. It compares pairs: what only several earlier rules together take away is not found.</summary>
internal static class MatchCoverage
{
    public static bool Covers(TaskMatch wide, TaskMatch narrow) =>
        CoversList(wide.TaskTypes, narrow.TaskTypes)
        && CoversList(wide.Sources, SourcesOf(narrow))
        && CoversList(wide.Complexities, narrow.Complexities)
        && CoversList(wide.Profiles, narrow.Profiles)
        && (wide.MinPriority ?? -AgentTask.MaxPriority) <= (narrow.MinPriority ?? -AgentTask.MaxPriority)
        && (wide.MaxPriority ?? AgentTask.MaxPriority) >= (narrow.MaxPriority ?? AgentTask.MaxPriority)
        && wide.Labels.All(label => narrow.Labels.TryGetValue(label.Key, out var value) && (label.Value == "*" || label.Value == value))
        && (wide.Repositories.Count == 0
            || (narrow.Repositories.Count > 0 && narrow.Repositories.All(repository => wide.Repositories.Any(pattern => CoversRepository(pattern, repository)))));

    /// <summary>The kinds of source that it can match; empty for all. Only a GitHub source has a repository.</summary>
    public static IList<SourceKind> SourcesOf(TaskMatch match) => match.Repositories.Count > 0 ? [SourceKind.GitHub] : match.Sources;

    // An empty list stands for every value, and so does a list of all of them.
    private static bool CoversList<TEnum>(IList<TEnum> wide, IList<TEnum> narrow)
        where TEnum : struct, Enum =>
        wide.Count == 0 || (narrow.Count == 0 ? EnumValues<TEnum>.Known : narrow.AsEnumerable()).All(wide.Contains);

    private static bool CoversRepository(string pattern, string repository) =>
        RoutingDomain.Same(pattern, repository)
        || (pattern.EndsWith("/*", StringComparison.Ordinal) && repository.StartsWith(pattern[..^1], StringComparison.OrdinalIgnoreCase));
}
