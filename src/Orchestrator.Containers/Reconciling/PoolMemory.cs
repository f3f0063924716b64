using Orchestrator.Containers.State;

namespace Orchestrator.Containers.Reconciling;

/// <summary>What a pool knows beyond its process: what earlier ones have spent, and how instances weigh. Only the pool's loop changes it.</summary>
internal sealed class PoolMemory(PoolState pool)
{
    private readonly Dictionary<string, double> _unseen = new(StringComparer.Ordinal); // weights of instances that may be in the first list
    private PoolAccount _before = PoolAccount.Empty;
    private bool _isRecalled;
    private bool _isReweighed;

    /// <summary>What the pool has cost, what earlier processes told counted in.</summary>
    public (decimal Usd, decimal IdleUsd) Cost
    {
        get
        {
            var own = pool.Leases.Cost;
            return (own.Usd + _before.CostUsd, own.IdleUsd + _before.IdleCostUsd);
        }
    }

    /// <summary>What is to be kept; null until it is known what was kept before, as that is not to be written over.</summary>
    public PoolAccount? Account
    {
        get
        {
            if (!_isRecalled)
            {
                return null;
            }

            var own = pool.Leases.Cost;
            var usd = own.Usd + _before.CostUsd;
            var (day, today) = pool.Parts.Sizing.Budget.Today(pool.Parts.Time.GetUtcNow(), own.Usd);
            var spent = Math.Clamp(today, 0, usd);
            return new PoolAccount
            {
                CostUsd = usd,
                IdleCostUsd = own.IdleUsd + _before.IdleCostUsd,
                Day = spent > 0 ? day : null,
                DayCostUsd = spent,
                Weights = [.. pool.Instances
                    .Where(instance => !instance.Shared.Weight.Equals(1))
                    .Select(instance => new InstanceWeight(instance.Name, instance.Shared.Weight))
                    .Concat(_unseen.Select(one => new InstanceWeight(one.Key, one.Value)))
                    .OrderBy(one => one.Instance, StringComparer.Ordinal)],
            };
        }
    }

    /// <summary>Takes what was kept before. What was accounted and set since the start is added and stays.</summary>
    public void Recall(PoolAccount? account)
    {
        if (_isRecalled)
        {
            return;
        }

        (_isRecalled, _before) = (true, account ?? PoolAccount.Empty);
        if (_before.Day is { } day)
        {
            pool.Parts.Sizing.Budget.Carry(day, _before.DayCostUsd, pool.Parts.Time.GetUtcNow(), pool.Leases.Cost.Usd);
        }

        foreach (var (name, weight) in _before.Weights)
        {
            if (pool.Find(name) is not { } instance)
            {
                _unseen[name] = weight;
            }
            else if (!instance.IsWeighed)
            {
                SetWeight(instance, weight);
            }
        }

        ForgetUnseen();
    }

    /// <summary>Somebody says how an instance shall weigh.</summary>
    public void Weigh(ManagedInstance instance, double weight)
    {
        instance.IsWeighed = true;
        SetWeight(instance, weight);
    }

    /// <summary>An instance came in: it may have had a weight.</summary>
    public void Meet(ManagedInstance instance)
    {
        if (_unseen.Remove(instance.Name, out var weight))
        {
            SetWeight(instance, weight);
        }
    }

    /// <summary>Once a full list was seen, instances that are not there are gone, with their weights.</summary>
    public void ForgetUnseen()
    {
        if (pool.IsAdopted)
        {
            _unseen.Clear();
        }
    }

    /// <summary>Whether weights changed since this was last asked.</summary>
    public bool TakeReweighed()
    {
        var was = _isReweighed;
        _isReweighed = false;
        return was;
    }

    private void SetWeight(ManagedInstance instance, double weight) => (instance.Shared.Weight, _isReweighed) = (weight, true);
}
