using Orchestrator.Routing.Snapshots;
using Orchestrator.Tasks;

namespace Orchestrator.Routing.Learning;

/// <summary>Carries estimates between candidates, which are numbers, and exports, which speak of names.</summary>
internal static class EstimatesTransfer
{
    /// <summary>Everything that was seen; a provider of which nothing was seen is left out.</summary>
    public static EstimatesExport Export(Estimates estimates, RoutingSnapshot snapshot) => new()
    {
        Providers =
        [
            .. Enumerable.Range(0, estimates.Count)
                .Select(candidate => Export(snapshot.Names[candidate], estimates.Read(candidate)))
                .Where(provider => provider.Tasks.Count > 0),
        ],
    };

    /// <summary>What was seen of one provider.</summary>
    public static ProviderEstimates Export(string provider, CellEvidence[] cells) => new() { Provider = provider, Tasks = [.. Tasks(cells)] };

    /// <summary>The evidence of one provider, without entries that cannot be.</summary>
    public static CellEvidence[] ToCells(ProviderEstimates provider, out int refused)
    {
        var cells = new CellEvidence[Estimates.CellsPerCandidate];
        refused = 0;
        foreach (var task in provider.Tasks)
        {
            if (task.IsValid)
            {
                cells[Estimates.CellOf(task.TaskType, task.Complexity)] = task.ToEvidence();
            }
            else
            {
                refused++;
            }
        }

        return cells;
    }

    /// <summary>Replaces what was seen of every provider that the export names. What cannot be taken stays out.</summary>
    /// <returns>A sentence for each thing that was left out.</returns>
    public static ValueList<string> Import(Estimates estimates, RoutingSnapshot snapshot, EstimatesExport export)
    {
        if (export.Version != EstimatesExport.CurrentVersion)
        {
            return [$"The export has version {export.Version}; this library reads version {EstimatesExport.CurrentVersion}. Nothing was imported."];
        }

        var notes = new List<string>();
        foreach (var provider in export.Providers)
        {
            if (!snapshot.Indexes.TryGetValue(provider.Provider, out var candidate))
            {
                notes.Add($"Provider '{provider.Provider}' is not registered here; its estimates were left out.");
                continue;
            }

            estimates.Replace(candidate, ToCells(provider, out var refused));
            notes.AddRange(Enumerable.Repeat($"An entry of provider '{provider.Provider}' has an unknown type of task or impossible numbers; it was left out.", refused));
        }

        return [.. notes];
    }

    private static IEnumerable<TaskEstimates> Tasks(CellEvidence[] cells)
    {
        for (var type = AgentTaskType.Generate; type <= AgentTaskType.Optimize; type++)
        {
            for (var complexity = TaskComplexity.Unknown; complexity <= TaskComplexity.Complex; complexity++)
            {
                var evidence = cells[Estimates.CellOf(type, complexity)];
                if (!evidence.IsEmpty)
                {
                    yield return TaskEstimates.From(type, complexity, evidence);
                }
            }
        }
    }
}
