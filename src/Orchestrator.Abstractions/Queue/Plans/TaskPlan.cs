using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Queue.Plans;

/// <summary>Tasks with dependencies, staged together: all of them are added in one transaction or none.</summary>
public sealed record TaskPlan
{
    /// <summary>How many tasks a plan may have.</summary>
    public const int MaxTasks = 10_000;

    /// <summary>The plan's identity; the caller chooses it.</summary>
    public required string Id { get; init => field = Require.Name(value); }

    /// <summary>What it is for, for people.</summary>
    public string Title { get; init => field = value ?? ""; } = "";

    /// <summary>
    /// The tasks, in any order. One may depend on thousands; what the end of each of those costs then grows with how many ended before it, when they end from the
    /// first and the last towards the middle.
    /// </summary>
    [JsonConverter(typeof(ValueListJsonConverter<PlanTask>))]
    public required ValueList<PlanTask> Tasks { get; init => field = Require.NotNull(value); }
}
