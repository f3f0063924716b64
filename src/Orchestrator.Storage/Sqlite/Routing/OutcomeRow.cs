using Orchestrator.Json;
using Orchestrator.Routing.Decisions;
using Orchestrator.Secrets;

namespace Orchestrator.Storage.Sqlite.Routing;

/// <summary>An outcome of a decision as engines keep it.</summary>
internal sealed record OutcomeRow(string DecisionId, string Provider, string Stage, string? Failure, string Outcome, long CreatedAt)
{
    public static OutcomeRow Create(RecordedOutcome recorded, ISecretRedactor? redactor) => new(
        recorded.Outcome.DecisionId.ToString("D"),
        recorded.Outcome.Provider,
        recorded.Outcome.Stage.ToName(),
        recorded.Outcome.Failure?.ToName(),
        Redaction.Json(redactor, OrchestratorJson.Write(recorded.Outcome, OrchestratorJsonContext.Default.ExecutionOutcome))!,
        recorded.At.ToMilliseconds());

    public static RecordedOutcome Read(string outcome, long createdAt) =>
        new(OrchestratorJson.Read(outcome, OrchestratorJsonContext.Default.ExecutionOutcome), SqliteTime.ToTime(createdAt));
}
