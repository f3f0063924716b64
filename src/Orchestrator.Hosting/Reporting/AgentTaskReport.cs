using System.Text.Json.Serialization;
using Orchestrator.Json;
using Orchestrator.Patching;
using Orchestrator.Providers;
using Orchestrator.Routing;
using Orchestrator.Tasks;

namespace Orchestrator.Hosting;

/// <summary>What became of a task: the final result that the queue keeps and that people and programs are shown.</summary>
public sealed record AgentTaskReport
{
    /// <summary>The task.</summary>
    public required string TaskId { get; init; }

    /// <summary>How it ended.</summary>
    public required AgentTaskStatus Status { get; init; }

    /// <summary>What was asked for: tree, branch or patch file.</summary>
    public TaskOutput Output { get; init; }

    /// <summary>The provider that gave the result, or failed last.</summary>
    public string? Provider { get; init; }

    /// <summary>The model, when one was chosen.</summary>
    public string? Model { get; init; }

    /// <summary>The decision for the provider that gave the result or failed last; a rejection when no provider was asked. <see langword="null"/> when the router was not asked.</summary>
    public RoutingDecision? Decision { get; init; }

    /// <summary>Every provider that the router weighed for the first attempt, and why it was or was not chosen.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<CandidateExplanation>))]
    public ValueList<CandidateExplanation> Candidates { get; init; } = [];

    /// <summary>The attempts, in order.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<AttemptReport>))]
    public ValueList<AttemptReport> Attempts { get; init; } = [];

    /// <summary>The agent's last words.</summary>
    public string Summary { get; init; } = "";

    /// <summary>What changed.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<FileChange>))]
    public ValueList<FileChange> Files { get; init; } = [];

    /// <summary>The commit that the work started from.</summary>
    public string? BaseCommit { get; init; }

    /// <summary>The branch that holds the result, when one was asked for.</summary>
    public string? Branch { get; init; }

    /// <summary>The file that holds the result as a git diff. Kept also when it could not be applied.</summary>
    public string? PatchFile { get; init; }

    /// <summary>What the verify command said; <see langword="null"/> when it was not asked.</summary>
    public VerificationReport? Verification { get; init; }

    /// <summary>Why the patch was refused or could not be taken back.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<PatchConflict>))]
    public ValueList<PatchConflict> Conflicts { get; init; } = [];

    /// <summary>Why it did not work; <see langword="null"/> when it did.</summary>
    public AgentFailure? Failure { get; init; }

    /// <summary>The task that was enqueued to repair this one.</summary>
    public string? RemediationTaskId { get; init; }

    /// <summary>Tokens of all attempts.</summary>
    public TokenUsage Usage { get; init; } = new();

    /// <summary>Cost of all attempts in US dollars; <see langword="null"/> when no attempt's cost is known.</summary>
    public decimal? CostUsd { get; init; }

    /// <summary>Notes that people should see: what was left alone and why.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<string>))]
    public ValueList<string> Notes { get; init; } = [];

    /// <summary>Whether the result was delivered and verified.</summary>
    [JsonIgnore]
    public bool Succeeded => Status == AgentTaskStatus.Verified;
}
