using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Providers;

/// <summary>The agent runs and has a session.</summary>
public sealed record AgentStarted : AgentEvent
{
    /// <summary>The agent's own name for the session, to resume it; <see langword="null"/> when it has none.</summary>
    public string? SessionId { get; init; }

    /// <summary>The model in use, when the agent says so.</summary>
    public string? Model { get; init; }
}

/// <summary>Words of the agent, or a line that a command printed.</summary>
public sealed record AgentMessage : AgentEvent
{
    /// <summary>The text.</summary>
    public required string Text { get; init => field = Require.NotNull(value); }
}

/// <summary>The agent used a tool.</summary>
public sealed record AgentToolCall : AgentEvent
{
    /// <summary>What kind of tool.</summary>
    public required ToolKind Tool { get; init; }

    /// <summary>What it was used on: the command, the path, the query.</summary>
    public required string Target { get; init => field = Require.NotNull(value); }

    /// <summary>Whether it worked; <see langword="null"/> while it runs.</summary>
    public bool? Succeeded { get; init; }

    /// <summary>The edit that it made, as AIPatch operations in JSON, from a provider whose edits are patches; <see langword="null"/> otherwise. Redacted.</summary>
    public string? Patch { get; init; }
}

/// <summary>The agent proposes a plan for the task.</summary>
public sealed record AgentPlanProposed : AgentEvent
{
    /// <summary>The steps, in order.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<string>))]
    public required ValueList<string> Steps { get; init => field = Require.NotNull(value); }
}

/// <summary>The agent waits for an answer before it goes on.</summary>
public sealed record AgentApprovalRequested : AgentEvent
{
    /// <summary>What it wants to do.</summary>
    public required string Question { get; init => field = Require.NotNull(value); }

    /// <summary>The agent's own name for the request, when it has one.</summary>
    public string? RequestId { get; init; }
}

/// <summary>Tokens and money used so far in this execution.</summary>
public sealed record AgentUsageReported : AgentEvent
{
    /// <summary>Tokens so far.</summary>
    public required TokenUsage Usage { get; init => field = Require.NotNull(value); }

    /// <summary>Cost so far in US dollars, when the agent says so.</summary>
    public decimal? CostUsd { get; init; }
}

/// <summary>A step forward that people may want to see.</summary>
public sealed record AgentProgress : AgentEvent
{
    /// <summary>What is being done.</summary>
    public required string Message { get; init => field = Require.NotNull(value); }

    /// <summary>How far, from 0 to 1; <see langword="null"/> when nobody can say.</summary>
    public double? Fraction { get; init; }
}

/// <summary>The last event of an execution that worked.</summary>
public sealed record AgentCompleted : AgentEvent
{
    /// <summary>What came of it.</summary>
    public required AgentResult Result { get; init => field = Require.NotNull(value); }
}

/// <summary>The last event of an execution that did not work.</summary>
public sealed record AgentFailed : AgentEvent
{
    /// <summary>What went wrong.</summary>
    public required AgentFailure Failure { get; init => field = Require.NotNull(value); }
}
