using System.Text.Json.Serialization;
using Orchestrator.Containers;

namespace Orchestrator.Cli.Output;

/// <summary>A pool as <c>orchestrator containers</c> shows it.</summary>
/// <param name="WorkerName">The worker whose host told it.</param>
/// <param name="At">When.</param>
/// <param name="IsStale">Whether that was so long ago that the host must be away.</param>
/// <param name="Age">How long ago that was, for people.</param>
/// <param name="Status">The pool.</param>
internal sealed record PoolLine(string WorkerName, DateTimeOffset At, bool IsStale, string Age, PoolStatus Status)
{
    /// <summary>What its instances use, in their order; <see langword="null"/> where nobody asked.</summary>
    public InstanceUsageLine[]? Usage { get; init; }
}

/// <summary>What an instance uses. What is not known is there, as null: an instance on another machine, one that does not run, an engine that does not answer.</summary>
/// <param name="Instance">The instance.</param>
/// <param name="ProcessorPercent">Of one core, between two looks.</param>
/// <param name="MemoryBytes">Memory in use.</param>
/// <param name="Processes">Processes (of Docker: and threads).</param>
internal sealed record InstanceUsageLine(
    string Instance,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? ProcessorPercent,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] long? MemoryBytes,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] int? Processes)
{
    public static InstanceUsageLine Unknown(string instance) => new(instance, null, null, null);
}

/// <summary>A line that the program of an instance printed.</summary>
internal sealed record InstanceOutputLine(string Instance, string Text, bool IsError);
