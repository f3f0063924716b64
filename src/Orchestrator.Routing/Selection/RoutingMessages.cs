using System.Globalization;
using Orchestrator.Routing.Snapshots;

namespace Orchestrator.Routing.Selection;

/// <summary>What people read when nothing could be chosen: each sentence names the fix.</summary>
internal static class RoutingMessages
{
    private const int MostCandidates = 5;

    public static string UnknownProvider(RoutingSnapshot snapshot, string name) =>
        snapshot.Count == 0
            ? $"There is no provider '{name}': no provider is registered at all."
            : $"There is no provider '{name}'. Known providers: {string.Join(", ", snapshot.Names)}.";

    public static string Rejected(RoutingSnapshot snapshot, string? requested, ValueList<CandidateExplanation> candidates)
    {
        if (requested is not null)
        {
            return snapshot.Indexes.TryGetValue(requested, out var index)
                ? $"Provider '{requested}' cannot do the task: {candidates.First(some => some.Provider == snapshot.Names[index]).Detail}."
                : UnknownProvider(snapshot, requested);
        }

        if (snapshot.Count == 0)
        {
            return "No provider is registered: configure at least one, for example a command or an agent CLI.";
        }

        var reasons = string.Join("; ", candidates.Take(MostCandidates).Select(candidate => $"{candidate.Provider}: {candidate.Detail}"));
        var more = candidates.Count > MostCandidates ? $"; and {candidates.Count - MostCandidates} more" : "";
        return $"No provider can do the task. {reasons}{more}.{Earliest(candidates)}";
    }

    // Only worth a sentence when there is something to compare: one candidate's own words hold its time already.
    private static string Earliest(ValueList<CandidateExplanation> candidates)
    {
        var first = candidates.Where(candidate => candidate.Until is not null).MinBy(candidate => candidate.Until);
        return first is null || candidates.Count == 1 ? ""
            : string.Create(CultureInfo.InvariantCulture, $" The first that may be able to again is {first.Provider}, at {first.Until:yyyy-MM-dd HH:mm:ss}Z.");
    }
}
