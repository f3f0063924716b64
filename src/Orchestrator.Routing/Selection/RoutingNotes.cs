using System.Globalization;
using Orchestrator.Routing.Rules;

namespace Orchestrator.Routing.Selection;

/// <summary>What happened on the way to a decision, one sentence each.</summary>
internal static class RoutingNotes
{
    private const string Override = "the task names its provider: that is final, and rules and experiments take no part";

    public static ValueList<string> Of(in RoutingFrame frame, in RoutingQuery query, RoutingScratch scratch, in Choice choice)
    {
        if (query.Task.Provider is null && query.Rule == RoutingQuery.NoMatch && query.Experiment == RoutingQuery.NoMatch && frame.Pin < 0 && !choice.IsExplored && choice.Fault is null)
        {
            return [];
        }

        var notes = new List<string>();
        var snapshot = frame.Snapshot;
        if (query.Task.Provider is not null)
        {
            notes.Add(query.Target is { IsDenying: true } target ? $"{Override}, except for what {target.Words} denies" : Override);
        }
        else if (query.Rule != RoutingQuery.NoMatch)
        {
            notes.Add(snapshot.Rules[query.Rule].Note);
        }
        else if (query.Experiment != RoutingQuery.NoMatch)
        {
            var experiment = snapshot.Experiments[query.Experiment];
            notes.Add(query.Arm == CompiledExperiment.NoArm ? experiment.NoteOfRest : experiment.Notes[query.Arm]);
        }

        if (frame.Pin >= 0)
        {
            notes.Add(OfSession(frame, scratch, choice));
        }

        if (choice.Fault is not null)
        {
            notes.Add($"the selection policy '{query.Method.Name}' failed, so the best score was taken; the log holds the error");
        }

        if (choice.IsExplored)
        {
            notes.Add("chance chose it to learn more; the best score has " + snapshot.Names[scratch.Pool[scratch.Order[0]].Candidate]);
        }

        return [.. notes];
    }

    private static string OfSession(in RoutingFrame frame, RoutingScratch scratch, in Choice choice)
    {
        var provider = frame.Snapshot.Names[frame.Pin];
        return CandidateSelector.PlaceOf(scratch.EligibleOnes, frame.Pin) is var place && place == Choice.None ? $"the session leaves {provider}, which cannot do the task"
            : choice.Place == place ? $"the session stays with {provider}"
            : string.Create(CultureInfo.InvariantCulture, $"the session leaves {provider}: staying is worth {frame.Snapshot.Config.StayBonusUsd:0.0000} USD, and that was not enough");
    }
}
