namespace Orchestrator.Routing.Decisions;

/// <summary>Keeps decisions with what is needed to replay them, and the outcomes that were reported for them.</summary>
/// <remarks>
/// Thread-safe. Table <c>ai_routing_decisions</c> and its companions. The router appends in the background, in batches; an append stores all of its batch or nothing.
/// For how long what is kept is the store's retention.
/// </remarks>
public interface IRoutingDecisionLog
{
    /// <summary>Keeps decisions. One that is kept already is left as it is, so that a batch whose fate is not known can be appended again.</summary>
    /// <param name="records">The decisions.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>When they are durable.</returns>
    ValueTask AppendAsync(ValueList<RoutingRecord> records, CancellationToken cancellationToken);

    /// <summary>Keeps outcomes of decisions; an <see cref="IVolatileStore"/> drops those of decisions that it does not keep. What is told twice is kept twice.</summary>
    /// <param name="outcomes">The outcomes, each with when it became known.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>When they are durable.</returns>
    ValueTask AppendOutcomesAsync(ValueList<RecordedOutcome> outcomes, CancellationToken cancellationToken);

    /// <summary>Keeps the configuration that decisions were made with, once for each digest: the first one stays. To be called before its decisions are appended.</summary>
    /// <param name="snapshot">The configuration.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>When it is durable.</returns>
    ValueTask SaveSnapshotAsync(RoutingSnapshotRecord snapshot, CancellationToken cancellationToken);

    /// <summary>Finds a decision.</summary>
    /// <param name="decisionId">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The decision; <see langword="null"/> when there is none, or none any more.</returns>
    ValueTask<RoutingRecord?> FindAsync(Guid decisionId, CancellationToken cancellationToken);

    /// <summary>Finds a configuration.</summary>
    /// <param name="digest">Its digest.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The configuration; <see langword="null"/> when there is none, or none any more.</returns>
    ValueTask<RoutingSnapshotRecord?> FindSnapshotAsync(string digest, CancellationToken cancellationToken);

    /// <summary>Decisions, the newest first; of those made at the same time, the one that was appended last.</summary>
    /// <param name="query">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The decisions.</returns>
    ValueTask<ValueList<RoutingRecord>> ListAsync(RoutingRecordQuery query, CancellationToken cancellationToken);

    /// <summary>The outcomes of a decision, the oldest first; those of the same time in the order in which they were appended.</summary>
    /// <param name="decisionId">The decision.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The outcomes.</returns>
    ValueTask<ValueList<RecordedOutcome>> ListOutcomesAsync(Guid decisionId, CancellationToken cancellationToken);
}
