using Microsoft.Extensions.Diagnostics.HealthChecks;
using Orchestrator.Storage;

namespace Orchestrator.Queue.Health;

/// <summary>
/// Whether the queue can be used: the database answers, and every worker of this process runs and got through to the queue lately. Add it with
/// <c>services.AddHealthChecks().AddCheck&lt;TaskQueueHealthCheck&gt;("queue")</c>.
/// </summary>
/// <remarks>Thread-safe singleton. Costs one read of counters.</remarks>
public sealed class TaskQueueHealthCheck : IHealthCheck
{
    private readonly ITaskOperations _operations;
    private readonly WorkerHealth[] _workers;

    internal TaskQueueHealthCheck(ITaskOperations operations, IEnumerable<WorkerHealth> workers) => (_operations, _workers) = (operations, [.. workers]);

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        QueueStatistics statistics;
        try
        {
            statistics = await _operations.GetStatisticsAsync(null, cancellationToken).ConfigureAwait(false);
        }
        catch (OrchestratorException error)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, $"The database cannot be used: {error.Code}.", error);
        }

        var data = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["available"] = statistics.Available,
            ["running"] = statistics.Running,
            ["discarded"] = statistics.Discarded,
        };
        var troubles = _workers.Select(worker => worker.Trouble()).OfType<string>().ToList();
        return troubles.Count == 0
            ? HealthCheckResult.Healthy($"{_workers.Length} workers run.", data)
            : new HealthCheckResult(context.Registration.FailureStatus, string.Join(" ", troubles), null, data);
    }
}
