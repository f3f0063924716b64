namespace Orchestrator.Routing.Learning;

/// <summary>A process whose evidence is in saved estimates.</summary>
/// <param name="Name">The process, by a name that it made up at its start.</param>
/// <param name="Number">Its last save that is in them.</param>
internal readonly record struct SavedEstimatesWriter(string Name, long Number);
