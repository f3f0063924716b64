using System.Text.Json.Serialization;
using Orchestrator.Json;
using Orchestrator.Providers;

namespace Orchestrator.Executions;

/// <summary>One attempt of one provider at one task, as it is kept.</summary>
public sealed record ExecutionRecord
{
    /// <summary>The attempt's identity.</summary>
    public required string Id { get; init => field = Require.Name(value); }

    /// <summary>The task.</summary>
    public required string TaskId { get; init => field = Require.Name(value); }

    /// <summary>The provider.</summary>
    public required string Provider { get; init => field = Require.Name(value); }

    /// <summary>The model, when one was chosen or reported.</summary>
    public string? Model { get; init; }

    /// <summary>1 for the first attempt.</summary>
    public int Attempt { get; init => field = Require.AtLeast(value, 1); } = 1;

    /// <summary>Where it stands.</summary>
    public required ExecutionStatus Status { get; init; }

    /// <summary>The SHA-256 of the instructions in hexadecimal digits: proof of the input without its text.</summary>
    public string? InputDigest { get; init; }

    /// <summary>The agent's last words, redacted.</summary>
    public string? Output { get; init; }

    /// <summary>The changes as a git diff, redacted; <see langword="null"/> when there are none or they are too large to keep.</summary>
    public string? Patch { get; init; }

    /// <summary>Why it failed; <see langword="null"/> when it did not.</summary>
    public AgentFailure? Failure { get; init; }

    /// <summary>Tokens used.</summary>
    public TokenUsage Usage { get; init => field = value ?? new(); } = new();

    /// <summary>Cost in US dollars; <see langword="null"/> when not known.</summary>
    public decimal? CostUsd { get; init; }

    /// <summary>The agent's session.</summary>
    public string? SessionId { get; init; }

    /// <summary>When it started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended; <see langword="null"/> while it runs.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Who ran it.</summary>
    public string WorkerName { get; init => field = Require.Text(value ?? "local", 200); } = "local";

    /// <summary>In which container.</summary>
    public string ContainerName { get; init => field = Require.Text(value ?? "local", 200); } = "local";
}

/// <summary>Where an attempt stands.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<ExecutionStatus>))]
public enum ExecutionStatus
{
    /// <summary>A status that this version does not know.</summary>
    Unknown = 0,

    /// <summary>It runs, or its worker died.</summary>
    Running,

    /// <summary>The provider gave a result; nothing was verified yet.</summary>
    Succeeded,

    /// <summary>The result was applied and verified.</summary>
    Verified,

    /// <summary>It did not work.</summary>
    Failed,

    /// <summary>Somebody cancelled it.</summary>
    Cancelled,
}
