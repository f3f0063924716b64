using System.Collections.Frozen;
using Orchestrator.Containers.Diagnostics;
using Orchestrator.Containers.Reconciling;
using Orchestrator.Containers.State;

namespace Orchestrator.Containers;

/// <summary>Hands out leases on the instances of the configured pools.</summary>
internal sealed class ContainerBalancer(IEnumerable<PoolReconciler> pools, ContainerMetrics metrics, TimeProvider time) : IContainerBalancer
{
    private readonly FrozenDictionary<string, PoolReconciler> _pools = pools.ToFrozenDictionary(pool => pool.Name, StringComparer.OrdinalIgnoreCase);

    public ValueTask<ContainerAcquisition> AcquireAsync(ContainerRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!_pools.TryGetValue(request.Pool, out var pool))
        {
            return ValueTask.FromResult(new ContainerAcquisition(AcquisitionStatus.UnknownPool, Message: $"There is no pool '{request.Pool}'."));
        }

        if (ContainerActivity.IsListenedTo)
        {
            return ObservedAsync(pool, request, cancellationToken);
        }

        var acquisition = pool.Parts.Leases.AcquireAsync(request, cancellationToken);
        if (!acquisition.IsCompletedSuccessfully)
        {
            return WaitAsync(pool, acquisition);
        }

        var result = acquisition.Result;
        metrics.Acquired(pool.Name, result.Status);
        return ValueTask.FromResult(result);
    }

    public ValueTask ScaleAsync(string pool, int instances, CancellationToken cancellationToken)
    {
        var known = Known(pool);
        ArgumentOutOfRangeException.ThrowIfNegative(instances);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(instances, known.Parts.Options.MaxInstances);
        return new ValueTask(known.AskAsync(new ScaleAsked(instances), cancellationToken));
    }

    public ValueTask RestartAsync(string instance, CancellationToken cancellationToken) =>
        new(PoolOf(instance).AskAsync(new RestartAsked(instance), cancellationToken));

    public ValueTask DrainAsync(string instance, CancellationToken cancellationToken) =>
        new(PoolOf(instance).AskAsync(new DrainAsked(instance), cancellationToken));

    public ValueTask SetWeightAsync(string instance, double weight, CancellationToken cancellationToken)
    {
        var pool = PoolOf(instance);
        return weight is > 0 and <= InstanceWeight.Most
            ? new ValueTask(pool.AskAsync(new WeightAsked(instance, weight), cancellationToken))
            : throw new ArgumentOutOfRangeException(nameof(weight), weight, $"A weight is above 0 and at most {InstanceWeight.Most}.");
    }

    public decimal GetTaskCost(string taskId)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskId);
        return _pools.Values.Sum(pool => pool.Parts.Leases.CostOfTask(taskId));
    }

    public PoolStatus? GetStatus(string pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        return _pools.TryGetValue(pool, out var known) ? known.Status() : null;
    }

    private async ValueTask<ContainerAcquisition> ObservedAsync(PoolReconciler pool, ContainerRequest request, CancellationToken cancellationToken)
    {
        using var activity = ContainerActivity.Acquire(pool.Name);
        var result = await WaitAsync(pool, pool.Parts.Leases.AcquireAsync(request, cancellationToken)).ConfigureAwait(false);
        ContainerActivity.End(activity, result);
        return result;
    }

    private async ValueTask<ContainerAcquisition> WaitAsync(PoolReconciler pool, ValueTask<ContainerAcquisition> acquisition)
    {
        if (acquisition.IsCompleted)
        {
            var now = await acquisition.ConfigureAwait(false);
            metrics.Acquired(pool.Name, now.Status);
            return now;
        }

        var began = time.GetTimestamp();
        pool.Wake(); // It may have to grow.
        var result = await acquisition.ConfigureAwait(false);
        metrics.Waited(pool.Name, result.Status, time.GetElapsedTime(began));
        metrics.Acquired(pool.Name, result.Status);
        return result;
    }

    private PoolReconciler Known(string pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        return _pools.TryGetValue(pool, out var known) ? known : throw new ArgumentException($"There is no pool '{pool}'.", nameof(pool));
    }

    private PoolReconciler PoolOf(string instance)
    {
        ArgumentException.ThrowIfNullOrEmpty(instance);
        return _pools.Values.FirstOrDefault(pool => pool.Has(instance)) ?? throw new ArgumentException($"There is no instance '{instance}'.", nameof(instance));
    }
}
