using Orchestrator.Storage.Sqlite.Tasks;

namespace Orchestrator.Storage.Waits;

/// <summary>What limits a group's tasks, and its bucket as it was left.</summary>
internal sealed record GroupLimits(long? MaxRunning, TokenRate? Rate, double? Tokens, long? RefilledAt);
