using System.Text.Json.Serialization;
using Orchestrator.Auditing;
using Orchestrator.Cli.Patches;
using Orchestrator.Containers;
using Orchestrator.Executions;
using Orchestrator.Hosting;
using Orchestrator.Patching;
using Orchestrator.Providers;
using Orchestrator.Queue;
using Orchestrator.Queue.Plans;
using Orchestrator.Queue.Schedules;
using Orchestrator.Routing;
using Orchestrator.Routing.Decisions;
using Orchestrator.Storage;

namespace Orchestrator.Cli.Output;

/// <summary>One line of <c>--json</c> output. <see cref="Type"/> says which member is set.</summary>
internal sealed record CliLine
{
    /// <summary>
    /// <c>event</c>, <c>result</c>, <c>error</c>, <c>task</c>, <c>provider</c>, <c>entry</c>, <c>check</c>, <c>explanation</c>, <c>decision</c>, <c>replay</c>, <c>feedback</c>, <c>attempt</c>, <c>execution</c>, <c>execution_event</c>, <c>omitted</c>, <c>log_line</c>,
    /// <c>wait</c>, <c>queue</c>, <c>statistics</c>, <c>plan</c>, <c>schedule</c>, <c>sizes</c>, <c>pool</c>, <c>pools</c>, <c>instance_output</c>, <c>changed</c> and the like.
    /// </summary>
    public required string Type { get; init; }

    public AgentTaskEvent? Event { get; init; }

    public AgentTaskReport? Report { get; init; }

    public AuditReference? Audit { get; init; }

    public int? ExitCode { get; init; }

    public string? Error { get; init; }

    public string[]? Details { get; init; }

    public QueuedTask? Task { get; init; }

    public TaskAttempt? Attempt { get; init; }

    public ExecutionRecord? Execution { get; init; }

    public ExecutionEventLine? ExecutionEvent { get; init; }

    /// <summary>How many events of an execution were not kept.</summary>
    public long? Omitted { get; init; }

    public TaskLogLine? LogLine { get; init; }

    public TaskWait? Wait { get; init; }

    public QueueStatus? Queue { get; init; }

    public QueueStatistics? Statistics { get; init; }

    public PlanStatus? Plan { get; init; }

    public ScheduleStatus? Schedule { get; init; }

    public StorageSizes? Sizes { get; init; }

    public PoolLine? Pool { get; init; }

    public PoolLine[]? Pools { get; init; }

    /// <summary>When <see cref="Pools"/> were looked at.</summary>
    public DateTimeOffset? At { get; init; }

    public PoolRequest? PoolRequest { get; init; }

    public InstanceOutputLine? InstanceOutput { get; init; }

    public ProviderLine? Provider { get; init; }

    public OperationEntry? Entry { get; init; }

    public ChainVerification? Chain { get; init; }

    public AuditExport? Export { get; init; }

    public RoutingExplanation? Explanation { get; init; }

    public DecisionLine? Decision { get; init; }

    public ReplayLine? Replay { get; init; }

    public FeedbackLine? Feedback { get; init; }

    public DoctorCheck? Check { get; init; }

    /// <summary>What came of a patch: <c>applied</c>, <c>already-applied</c>, <c>rejected</c>, <c>reverted</c>, <c>conflicted</c>, <c>not-found</c> or <c>recovery-needed</c>.</summary>
    public string? Outcome { get; init; }

    public PatchFileLine[]? Files { get; init; }

    public PatchErrorLine[]? Errors { get; init; }

    public string? Application { get; init; }

    public bool? DryRun { get; init; }

    public PatchContent? Diff { get; init; }

    public PatchSet? PatchSet { get; init; }

    public PatchContent? Content { get; init; }

    public string? Message { get; init; }
}

/// <summary>Where the audit entries of a task are.</summary>
internal sealed record AuditReference(string Database, long Entries, long First, long Last, string Command);

/// <summary>Something that happened in an execution.</summary>
internal sealed record ExecutionEventLine(string ExecutionId, AgentEvent Event);

/// <summary>What <c>orchestrator audit export</c> wrote; <see cref="LastHash"/> is to be kept somewhere else.</summary>
internal sealed record AuditExport(string File, long Entries, long? LastSequence, string? LastHash);

/// <summary>A provider as <c>orchestrator providers</c> shows it.</summary>
internal sealed record ProviderLine(ProviderDescriptor Descriptor, ProviderHealth Health, ProviderStatus Status);

/// <summary>A kept decision as <c>orchestrator route --history</c> shows it.</summary>
internal sealed record DecisionLine(RoutingDecision Decision, string TaskId, DateTimeOffset At, bool IsShadow, string WorkerName, string ContainerName, RecordedOutcome[] Outcomes);

/// <summary>What <c>orchestrator route --replay</c> found.</summary>
internal sealed record ReplayLine(Guid DecisionId, string TaskId, DateTimeOffset At, bool IsSame, string[] Differences, RoutingDecision Recorded, RoutingExplanation Explanation);

/// <summary>What became of a verdict.</summary>
internal sealed record FeedbackLine(Guid DecisionId, FeedbackVerdict Verdict, FeedbackStatus Status, string? Provider);

/// <summary>One finding of <c>orchestrator doctor</c>.</summary>
internal sealed record DoctorCheck(string Name, bool Ok, bool Required, string Found, string? Fix)
{
    /// <summary>Facts of a provider: <c>path</c>, <c>version</c>, the versions that were <c>tested</c>, whether its version is among them, whether its key is there.</summary>
    public ValueMap? Details { get; init; }
}

/// <summary>The JSON form of the lines.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowOutOfOrderMetadataProperties = true)]
[JsonSerializable(typeof(CliLine))]
[JsonSerializable(typeof(Orchestrator.Tasks.AgentTaskType))]
[JsonSerializable(typeof(Orchestrator.Tasks.SourceKind))]
[JsonSerializable(typeof(ModelDescriptor))]
[JsonSerializable(typeof(CandidateExplanation))]
[JsonSerializable(typeof(RejectionDetail))]
[JsonSerializable(typeof(RecordedOutcome))]
[JsonSerializable(typeof(BudgetStatus))]
[JsonSerializable(typeof(ProviderSuccessRate))]
[JsonSerializable(typeof(AttemptReport))]
[JsonSerializable(typeof(Orchestrator.Patching.FileChange))]
[JsonSerializable(typeof(Orchestrator.Patching.PatchConflict))]
[JsonSerializable(typeof(Orchestrator.Patching.FilePatch))]
[JsonSerializable(typeof(Orchestrator.Patching.PatchEdit))]
[JsonSerializable(typeof(PlanTaskStatus))]
[JsonSerializable(typeof(QueuedTaskState))]
[JsonSerializable(typeof(DayOfWeek))]
[JsonSerializable(typeof(TableSize))]
[JsonSerializable(typeof(InstanceStatus))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(int))]
internal sealed partial class CliJsonContext : JsonSerializerContext;
