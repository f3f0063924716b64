using Orchestrator.Routing.Snapshots;
using Orchestrator.Tasks;

namespace Orchestrator.Routing.Sticky;

/// <summary>The session of a task as a number: the caller's key, else repository and branch of a GitHub source, else none. Equal in every process.</summary>
internal static class SessionKeys
{
    /// <summary>The task has no session.</summary>
    public const ulong None = 0;

    private const ulong OfCaller = 0x5E55_10A1;
    private const ulong OfRepository = 0x5E55_10A2;

    /// <summary>The hash of the task's session; <see cref="None"/> when it has none.</summary>
    public static ulong Of(AgentTask task)
    {
        if (task.SessionKey is { } key)
        {
            return Some(StableHash.Of(key, OfCaller));
        }

        if (task.Source is not GitHubSource source)
        {
            return None;
        }

        // Owner and repository are compared in any case by GitHub, the branch to the letter.
        return Some(StableHash.Of(source.Branch, StableHash.OfAnyCase(source.Repository, StableHash.OfAnyCase(source.Owner, OfRepository))));
    }

    private static ulong Some(ulong hash) => hash == None ? 1 : hash;
}
