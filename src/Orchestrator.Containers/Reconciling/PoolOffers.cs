using Orchestrator.Containers.Diagnostics;
using Orchestrator.Containers.Leasing;

namespace Orchestrator.Containers.Reconciling;

/// <summary>Tells the leases which instances may be given, whenever that changes.</summary>
internal sealed class PoolOffers(PoolState pool)
{
    private readonly List<PoolInstance> _next = [];
    private PoolInstance[] _offered = [];

    public bool IsPanicking { get; private set; }

    public void Update()
    {
        var isPanicking = IsPanic();
        _next.Clear();
        foreach (var instance in pool.Instances)
        {
            if (IsServing(instance) || (isPanicking && IsUnhealthyOnly(instance)))
            {
                _next.Add(instance.Shared);
            }
        }

        if (!pool.Memory.TakeReweighed() && isPanicking == IsPanicking && _next.SequenceEqual(_offered))
        {
            return;
        }

        if (isPanicking != IsPanicking)
        {
            IsPanicking = isPanicking;
            Log.PanicChanged(pool.Parts.Logger, pool.Parts.Name, isPanicking);
        }

        _offered = [.. _next];
        pool.Leases.Publish(_offered, isPanicking);
    }

    private bool IsPanic()
    {
        var (serving, running) = (0, 0);
        foreach (var instance in pool.Instances)
        {
            serving += IsServing(instance) ? 1 : 0;
            running += IsServing(instance) || IsUnhealthyOnly(instance) ? 1 : 0;
        }

        return serving < running * pool.Options.PanicShare;
    }

    private static bool IsServing(ManagedInstance instance) => IsThere(instance) && InstanceTransitions.IsServing(instance.State);

    /// <summary>It runs, and merely fails checks that do not say that it has to be restarted.</summary>
    private static bool IsUnhealthyOnly(ManagedInstance instance) => IsThere(instance) && instance.State == InstanceState.Unhealthy;

    private static bool IsThere(ManagedInstance instance) => instance is { Intent: InstanceIntent.Run, IsSuspect: false, IsWarm: false, EngineState: ContainerState.Running };
}
