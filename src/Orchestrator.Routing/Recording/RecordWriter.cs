using Orchestrator.Routing.Decisions;
using Orchestrator.Routing.Snapshots;
using Orchestrator.Tasks;

namespace Orchestrator.Routing.Recording;

/// <summary>Turns a batch into records and writes it: the configuration first, then decisions, then outcomes. Used by one task at a time.</summary>
internal sealed class RecordWriter(IRoutingDecisionLog log, RoutingRecorderConfig options)
{
    /// <summary>How often a batch is tried.</summary>
    public const int MaxAttempts = 5;

    /// <summary>Stands for instructions, which are not kept: a decision depends on their length alone, and that is kept as the complexity.</summary>
    public const string NoInstructions = "(not kept)";

    /// <summary>The time between two attempts.</summary>
    public static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private RoutingSnapshot? _lastSnapshot;
    private string _lastDigest = "";

    public async Task WriteAsync(List<PendingRecord> batch, DateTimeOffset now)
    {
        var records = new List<RoutingRecord>(batch.Count);
        foreach (var pending in batch)
        {
            if (pending.Snapshot is { } snapshot)
            {
                records.Add(ToRecord(pending, await DigestAsync(snapshot, now).ConfigureAwait(false)));
            }
        }

        if (records.Count > 0)
        {
            await log.AppendAsync([.. records], CancellationToken.None).ConfigureAwait(false);
        }

        ValueList<RecordedOutcome> outcomes = [.. batch.Select(pending => pending.Outcome).OfType<RecordedOutcome>()];
        if (outcomes.Count > 0)
        {
            await log.AppendOutcomesAsync(outcomes, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static AgentTask Strip(AgentTask task, TaskComplexity complexity) => task with
    {
        Instructions = NoInstructions,
        VerifyCommand = null,
        Complexity = complexity,
    };

    private RoutingRecord ToRecord(PendingRecord pending, string digest) => new()
    {
        Decision = pending.Decision,
        Task = Strip(pending.Task!, pending.Decision.Complexity),
        Constraints = pending.Constraints,
        SnapshotDigest = digest,
        State = pending.EncodeState(),
        At = new DateTimeOffset(pending.Now, TimeSpan.Zero),
        IsShadow = pending.IsShadow,
        WorkerName = options.WorkerName,
        ContainerName = options.ContainerName,
    };

    private async ValueTask<string> DigestAsync(RoutingSnapshot snapshot, DateTimeOffset now)
    {
        if (!ReferenceEquals(snapshot, _lastSnapshot))
        {
            var record = SnapshotRecords.Of(snapshot, now);
            await log.SaveSnapshotAsync(record, CancellationToken.None).ConfigureAwait(false);
            (_lastSnapshot, _lastDigest) = (snapshot, record.Digest);
        }

        return _lastDigest;
    }
}
