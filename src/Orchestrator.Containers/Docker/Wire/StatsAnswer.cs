using System.Text.Json.Serialization;

namespace Orchestrator.Containers.Docker.Wire;

/// <summary>What an instance uses.</summary>
internal sealed record StatsAnswer
{
    [JsonPropertyName("pids_stats")]
    public ProcessPart? Processes { get; init; }

    [JsonPropertyName("cpu_stats")]
    public ProcessorPart? Processor { get; init; }

    [JsonPropertyName("memory_stats")]
    public MemoryPart? Memory { get; init; }

    internal sealed record ProcessPart([property: JsonPropertyName("current")] ulong Current);

    internal sealed record ProcessorPart([property: JsonPropertyName("cpu_usage")] UsagePart? Usage);

    internal sealed record UsagePart([property: JsonPropertyName("total_usage")] ulong Nanoseconds);

    internal sealed record MemoryPart(
        [property: JsonPropertyName("usage")] ulong Usage,
        [property: JsonPropertyName("stats")] CachePart? Stats);

    /// <summary>Files in memory that the kernel can drop: of control groups v2, and of v1.</summary>
    internal sealed record CachePart(
        [property: JsonPropertyName("inactive_file")] ulong InactiveFile,
        [property: JsonPropertyName("total_inactive_file")] ulong TotalInactiveFile);
}
