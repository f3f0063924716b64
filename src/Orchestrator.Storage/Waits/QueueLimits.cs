using Orchestrator.Storage.Sqlite.Tasks;

namespace Orchestrator.Storage.Waits;

/// <summary>What limits a queue's tasks.</summary>
internal sealed record QueueLimits(bool IsPaused, long? MaxRunning, long? MaxRunningPerGroup, TokenRate? RatePerGroup);
