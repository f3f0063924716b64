using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Auditing;

/// <summary>Something that happened and must be accounted for.</summary>
public sealed record Operation
{
    /// <summary>What was done, in the form <c>area.verb</c>, see <see cref="OperationNames"/>.</summary>
    public required string Name { get; init => field = Require.Name(value); }

    /// <summary>The task it was done for.</summary>
    public string? TaskId { get; init => field = Require.OptionalName(value); }

    /// <summary>The attempt it was done in.</summary>
    public string? ExecutionId { get; init => field = Require.OptionalName(value); }

    /// <summary>The provider that it concerns.</summary>
    public string? Provider { get; init => field = Require.OptionalName(value); }

    /// <summary>Whether it worked.</summary>
    public OperationOutcome Outcome { get; init; }

    /// <summary>A sentence for people.</summary>
    public string Message { get; init => field = value ?? ""; } = "";

    /// <summary>Facts for programs.</summary>
    public ValueMap Data { get; init => field = value ?? ValueMap.Empty; } = ValueMap.Empty;

    /// <summary>Who did it.</summary>
    public string WorkerName { get; init => field = Require.Text(value ?? "local", 200); } = "local";

    /// <summary>In which container.</summary>
    public string ContainerName { get; init => field = Require.Text(value ?? "local", 200); } = "local";
}

/// <summary>Whether an operation worked.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<OperationOutcome>))]
public enum OperationOutcome
{
    /// <summary>It is a plain fact, neither success nor failure.</summary>
    None = 0,

    /// <summary>It worked.</summary>
    Succeeded,

    /// <summary>It did not work.</summary>
    Failed,

    /// <summary>It was refused before anything was done.</summary>
    Refused,
}
