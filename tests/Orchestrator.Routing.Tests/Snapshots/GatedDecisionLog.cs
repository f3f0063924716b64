using Orchestrator.Routing.Decisions;

namespace Orchestrator.Routing.Tests.Snapshots;

/// <summary>A log whose lists come when the gate opens.</summary>
internal sealed class GatedDecisionLog(IRoutingDecisionLog inner, Task gate) : IRoutingDecisionLog
{
    public ValueTask SaveSnapshotAsync(RoutingSnapshotRecord snapshot, CancellationToken cancellationToken) => inner.SaveSnapshotAsync(snapshot, cancellationToken);

    public ValueTask<RoutingSnapshotRecord?> FindSnapshotAsync(string digest, CancellationToken cancellationToken) => inner.FindSnapshotAsync(digest, cancellationToken);

    public ValueTask AppendAsync(ValueList<RoutingRecord> records, CancellationToken cancellationToken) => inner.AppendAsync(records, cancellationToken);

    public ValueTask AppendOutcomesAsync(ValueList<RecordedOutcome> outcomes, CancellationToken cancellationToken) => inner.AppendOutcomesAsync(outcomes, cancellationToken);

    public ValueTask<RoutingRecord?> FindAsync(Guid decisionId, CancellationToken cancellationToken) => inner.FindAsync(decisionId, cancellationToken);

    public async ValueTask<ValueList<RoutingRecord>> ListAsync(RoutingRecordQuery query, CancellationToken cancellationToken)
    {
        await gate;
        return await inner.ListAsync(query, cancellationToken);
    }

    public ValueTask<ValueList<RecordedOutcome>> ListOutcomesAsync(Guid decisionId, CancellationToken cancellationToken) => inner.ListOutcomesAsync(decisionId, cancellationToken);
}
