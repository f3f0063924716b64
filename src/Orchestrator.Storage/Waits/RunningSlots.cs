namespace Orchestrator.Storage.Waits;

/// <summary>A task that runs, and the slots that it takes.</summary>
internal sealed record RunningSlots(string Id, long Slots, string? Group);
