namespace Orchestrator.Routing;

/// <summary>A recorded decision cannot be made again: its record is damaged, or of a version that is not known.</summary>
/// <param name="decisionId">The decision.</param>
/// <param name="innerException">What is wrong with the record.</param>
public sealed class RoutingReplayException(Guid decisionId, Exception innerException)
    : OrchestratorException("routing.replay_failed", $"Decision {decisionId} cannot be replayed: {innerException?.Message}", innerException)
{
    /// <summary>The decision.</summary>
    public Guid DecisionId { get; } = decisionId;
}
