using System.Text.Json.Serialization;

namespace Orchestrator.Queue;

/// <summary>Which workers may take a task: those that have every name and label that is given here.</summary>
public sealed record TaskAssignment
{
    /// <summary>Any worker.</summary>
    public static TaskAssignment Anyone { get; } = new();

    /// <summary>Only workers of this name; <see langword="null"/> for any.</summary>
    public string? WorkerName { get; init => field = Require.OptionalText(value, 200); }

    /// <summary>Only workers in this container; <see langword="null"/> for any.</summary>
    public string? ContainerName { get; init => field = Require.OptionalText(value, 200); }

    /// <summary>Only workers that have each of these labels with this value, see <see cref="LeaseRequest.Labels"/>; empty for any.</summary>
    public ValueMap Labels { get; init => field = value ?? ValueMap.Empty; } = ValueMap.Empty;

    /// <summary>Whether any worker may take the task.</summary>
    [JsonIgnore]
    public bool IsAnyone => WorkerName is null && ContainerName is null && Labels.Count == 0;
}
