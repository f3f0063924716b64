using Orchestrator.Json;
using Orchestrator.Routing.Decisions;
using Orchestrator.Secrets;

namespace Orchestrator.Storage.Sqlite.Routing;

/// <summary>A decision as engines keep it.</summary>
internal sealed class RoutingRecordRow
{
    public string Id { get; init; } = "";

    public string TaskId { get; init; } = "";

    public string? Provider { get; init; }

    public string? Model { get; init; }

    public string Reason { get; init; } = "";

    public bool IsShadow { get; init; }

    public string Decision { get; init; } = "";

    public string Task { get; init; } = "";

    public string? Constraints { get; init; }

    public string SnapshotDigest { get; init; } = "";

    public string State { get; init; } = "";

    public string WorkerName { get; init; } = "";

    public string ContainerName { get; init; } = "";

    public long CreatedAt { get; init; }

    public static RoutingRecordRow Create(RoutingRecord record, ISecretRedactor? redactor) => new()
    {
        Id = record.Decision.Id.ToString("D"),
        TaskId = record.Task.Id,
        Provider = record.Decision.Provider,
        Model = Redaction.OptionalText(redactor, record.Decision.Model),
        Reason = record.Decision.Reason.ToName(),
        IsShadow = record.IsShadow,
        Decision = Redaction.Json(redactor, OrchestratorJson.Write(record.Decision, OrchestratorJsonContext.Default.RoutingDecision))!,
        Task = Redaction.Json(redactor, OrchestratorJson.Write(record.Task, OrchestratorJsonContext.Default.AgentTask))!,
        Constraints = record.Constraints is { } constraints
            ? Redaction.Json(redactor, OrchestratorJson.Write(constraints, OrchestratorJsonContext.Default.RoutingConstraints))
            : null,
        SnapshotDigest = record.SnapshotDigest,
        State = Redaction.Text(redactor, record.State),
        WorkerName = record.WorkerName,
        ContainerName = record.ContainerName,
        CreatedAt = record.At.ToMilliseconds(),
    };

    public RoutingRecord ToRecord() => new()
    {
        Decision = OrchestratorJson.Read(Decision, OrchestratorJsonContext.Default.RoutingDecision),
        Task = OrchestratorJson.Read(Task, OrchestratorJsonContext.Default.AgentTask),
        Constraints = Constraints is null ? null : OrchestratorJson.Read(Constraints, OrchestratorJsonContext.Default.RoutingConstraints),
        SnapshotDigest = SnapshotDigest,
        State = State,
        At = SqliteTime.ToTime(CreatedAt),
        IsShadow = IsShadow,
        WorkerName = WorkerName,
        ContainerName = ContainerName,
    };
}
