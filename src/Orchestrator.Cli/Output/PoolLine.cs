using Orchestrator.Containers;

namespace Orchestrator.Cli.Output;

/// <summary>A pool as <c>orchestrator containers</c> shows it.</summary>
/// <param name="WorkerName">The worker whose host told it.</param>
/// <param name="At">When.</param>
/// <param name="IsStale">Whether that was so long ago that the host must be away.</param>
/// <param name="Age">How long ago that was, for people.</param>
/// <param name="Status">The pool.</param>
internal sealed record PoolLine(string WorkerName, DateTimeOffset At, bool IsStale, string Age, PoolStatus Status);

/// <summary>A line that the program of an instance printed.</summary>
internal sealed record InstanceOutputLine(string Instance, string Text, bool IsError);
