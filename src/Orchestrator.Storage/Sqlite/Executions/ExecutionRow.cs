using Orchestrator.Executions;
using Orchestrator.Json;
using Orchestrator.Providers;

namespace Orchestrator.Storage.Sqlite.Executions;

/// <summary>An attempt as SQLite keeps it.</summary>
internal sealed class ExecutionRow
{
    public string Id { get; init; } = "";

    public string TaskId { get; init; } = "";

    public string Provider { get; init; } = "";

    public string? Model { get; init; }

    public long Attempt { get; init; }

    public string Status { get; init; } = "";

    public string? InputDigest { get; init; }

    public string? Output { get; init; }

    public string? Patch { get; init; }

    public string? Failure { get; init; }

    public long InputTokens { get; init; }

    public long CachedInputTokens { get; init; }

    public long CacheWriteTokens { get; init; }

    public long OutputTokens { get; init; }

    public long ReasoningTokens { get; init; }

    public long? CostNanoUsd { get; init; }

    public string? SessionId { get; init; }

    public long StartedAt { get; init; }

    public long? FinishedAt { get; init; }

    public string WorkerName { get; init; } = "";

    public string ContainerName { get; init; } = "";

    public static ExecutionRow Create(ExecutionRecord execution) => new()
    {
        Id = execution.Id,
        TaskId = execution.TaskId,
        Provider = execution.Provider,
        Model = Redaction.WithoutNul(execution.Model),
        Attempt = execution.Attempt,
        Status = execution.Status.ToName(),
        InputDigest = Redaction.WithoutNul(execution.InputDigest),
        Output = Redaction.WithoutNul(execution.Output),
        Patch = Redaction.WithoutNul(execution.Patch),
        Failure = execution.Failure is { } failure
            ? OrchestratorJson.Write(
                failure with { Detail = Redaction.WithoutNul(failure.Detail) }, OrchestratorJsonContext.Default.AgentFailure)
            : null,
        InputTokens = execution.Usage.InputTokens,
        CachedInputTokens = execution.Usage.CachedInputTokens,
        CacheWriteTokens = execution.Usage.CacheWriteTokens,
        OutputTokens = execution.Usage.OutputTokens,
        ReasoningTokens = execution.Usage.ReasoningTokens,
        CostNanoUsd = execution.CostUsd is { } cost ? NanoUsd.FromUsd(cost) : null,
        SessionId = Redaction.WithoutNul(execution.SessionId),
        StartedAt = execution.StartedAt.ToMilliseconds(),
        FinishedAt = execution.FinishedAt.ToMilliseconds(),
        WorkerName = execution.WorkerName,
        ContainerName = execution.ContainerName,
    };

    public ExecutionRecord ToRecord() => new()
    {
        Id = Id,
        TaskId = TaskId,
        Provider = Provider,
        Model = Model,
        Attempt = (int)Attempt,
        Status = EnumNames.Parse<ExecutionStatus>(Status),
        InputDigest = InputDigest,
        Output = Output,
        Patch = Patch,
        Failure = Failure is null ? null : OrchestratorJson.Read(Failure, OrchestratorJsonContext.Default.AgentFailure),
        Usage = new TokenUsage
        {
            InputTokens = InputTokens,
            CachedInputTokens = CachedInputTokens,
            CacheWriteTokens = CacheWriteTokens,
            OutputTokens = OutputTokens,
            ReasoningTokens = ReasoningTokens,
        },
        CostUsd = CostNanoUsd is { } cost ? NanoUsd.ToUsd(cost) : null,
        SessionId = SessionId,
        StartedAt = SqliteTime.ToTime(StartedAt),
        FinishedAt = SqliteTime.ToTime(FinishedAt),
        WorkerName = WorkerName,
        ContainerName = ContainerName,
    };
}
