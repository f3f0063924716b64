using Orchestrator.Routing.Decisions;

namespace Orchestrator.Routing.Tests.Recording;

/// <summary>A log that fails as often as the test says, and can be held up.</summary>
internal sealed class FlakyDecisionLog(int failures = 0, Task? gate = null) : IRoutingDecisionLog
{
    private readonly InMemoryRoutingDecisionLog _log = new();
    private int _failures = failures;

    public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Attempts { get; private set; }

    public int SavedSnapshots { get; private set; }

    public async ValueTask AppendAsync(ValueList<RoutingRecord> records, CancellationToken cancellationToken)
    {
        Attempts++;
        Entered.TrySetResult();
        await (gate ?? Task.CompletedTask);
        if (_failures-- > 0)
        {
            throw new TimeoutException("The log does not answer.");
        }

        await _log.AppendAsync(records, cancellationToken);
    }

    public ValueTask AppendOutcomesAsync(ValueList<RecordedOutcome> outcomes, CancellationToken cancellationToken) => _log.AppendOutcomesAsync(outcomes, cancellationToken);

    public ValueTask SaveSnapshotAsync(RoutingSnapshotRecord snapshot, CancellationToken cancellationToken)
    {
        SavedSnapshots++;
        return _log.SaveSnapshotAsync(snapshot, cancellationToken);
    }

    public ValueTask<RoutingRecord?> FindAsync(Guid decisionId, CancellationToken cancellationToken) => _log.FindAsync(decisionId, cancellationToken);

    public ValueTask<RoutingSnapshotRecord?> FindSnapshotAsync(string digest, CancellationToken cancellationToken) => _log.FindSnapshotAsync(digest, cancellationToken);

    public ValueTask<ValueList<RoutingRecord>> ListAsync(RoutingRecordQuery query, CancellationToken cancellationToken) => _log.ListAsync(query, cancellationToken);

    public ValueTask<ValueList<RecordedOutcome>> ListOutcomesAsync(Guid decisionId, CancellationToken cancellationToken) => _log.ListOutcomesAsync(decisionId, cancellationToken);
}
