using Orchestrator.Containers.Diagnostics;

namespace Orchestrator.Containers.Reconciling;

/// <summary>One step of a pool: takes what happened, decides what comes next, and leaves what is to be done in the pool's work. Does nothing else: no call, no wait.</summary>
internal sealed class PoolStep
{
    private readonly PoolState _pool;
    private readonly EngineFindings _findings;
    private readonly ActionOutcomes _outcomes;
    private readonly InstanceFlow _flow;
    private readonly PoolPlan _plan;
    private readonly PoolOffers _offers;
    private int _failedLists;

    public PoolStep(PoolState pool, Action wake)
    {
        _pool = pool;
        _findings = new EngineFindings(pool);
        _outcomes = new ActionOutcomes(pool, _findings);
        _flow = new InstanceFlow(pool, wake);
        _plan = new PoolPlan(pool);
        _offers = new PoolOffers(pool);
    }

    public void Take(PoolMessage message)
    {
        switch (message)
        {
            case ActionEnded ended:
                _outcomes.Apply(ended);
                break;
            case ProbeEnded probe when probe.Track.Apply(probe.Finding) && probe.Instance.Health.Owns(probe.Track):
                _pool.Keep(probe.Instance, probe.Track.Kind, probe.Finding.Passed, probe.Finding.Message, probe.Finding.Duration);
                break;
            case EngineTold told:
                _findings.Hear(told.Event);
                break;
            case ListEnded list:
                TakeList(list);
                break;
            case OrphanEnded orphan:
                _pool.Orphans.Remove(orphan.EngineId);
                _pool.Removed[orphan.EngineId] = orphan.Failure is null ? ++_pool.Sequence : 0;
                break;
            case WatchBroke broke:
                (_pool.NeedsList, _pool.EngineProblem) = (true, broke.Failure ?? _pool.EngineProblem);
                break;
            case DemandTold demand:
                _pool.Parts.Sizing.Demand = demand.Waiting;
                break;
            case ScaleAsked scale:
                _pool.Parts.Sizing.Pin(scale.Instances, _pool.SteadyNow);
                break;
            case RestartAsked restart when _pool.Find(restart.Instance) is { } instance:
                Restart(instance);
                break;
            case DrainAsked drain when _pool.Find(drain.Instance) is { } instance:
                (instance.Intent, instance.Reason) = (InstanceIntent.Remove, "somebody asked for it");
                break;
            case WeightAsked asked when _pool.Find(asked.Instance) is { } instance:
                _pool.Memory.Weigh(instance, asked.Weight);
                break;
            case AccountRead read:
                _pool.Memory.Recall(read.Account);
                break;
            case EmptyAsked:
                _pool.IsEmptied = true;
                break;
        }
    }

    public void Run()
    {
        EndStuck();
        _plan.Step();
        for (var index = _pool.Instances.Count - 1; index >= 0; index--)
        {
            Advance(_pool.Instances[index]);
        }

        _offers.Update();
        ForgetFailedStarts();
        AskForList();
    }

    private void Advance(ManagedInstance instance)
    {
        try
        {
            _flow.Advance(instance);
        }
        catch (Exception error)
        {
            _pool.Break(instance, error);
        }
    }

    private void TakeList(ListEnded list)
    {
        _pool.IsListing = false;
        if (list.Instances is { } instances)
        {
            (_failedLists, _pool.EngineProblem) = (0, null);
            _findings.Apply(list, instances);
            return;
        }

        _pool.EngineProblem = list.Failure;
        _pool.NextListAt = _pool.Now + EngineBackoff.After(++_failedLists, _pool.Parts.Random);
        Log.ListFailed(_pool.Parts.Logger, _pool.Parts.Name, list.Failure!.Value.Code, list.Failure.Value.Message);
    }

    /// <summary>Once nothing is left that tries to come up, callers are no longer told of earlier failures: the next of them may be the first to find that a start succeeds again.</summary>
    private void ForgetFailedStarts()
    {
        if (_pool.FailedStarts > 0
            && _pool.SteadyNow - _pool.LastFailedStart >= _pool.Options.Scaling.Cooldown
            && _pool.Instances.TrueForAll(InstanceFlow.IsUp))
        {
            _pool.StartSucceeded();
        }
    }

    private void AskForList()
    {
        var isDue = _pool.Now >= _pool.NextListAt || (_pool.NeedsList && _failedLists == 0);
        if (isDue && !_pool.IsListing)
        {
            (_pool.IsListing, _pool.NeedsList, _pool.NextListAt) = (true, false, _pool.Now + _pool.Parts.ListInterval);
            (_pool.Work.WantsList, _pool.Work.ListSequence) = (true, _pool.Sequence);
        }

        _pool.WakeBy(_pool.NextListAt);
    }

    /// <summary>A lease that goes on without progress for too long: its instance is stuck.</summary>
    private void EndStuck()
    {
        if (_pool.Options.StuckTime is { } stuck
            && _pool.Leases.OldestWithoutProgress is ({ } shared, var age) && age > stuck
            && _pool.Find(shared.Name) is { } instance && instance.Shared == shared)
        {
            instance.IsForced = true;
            _flow.GiveUp(instance, $"a lease made no progress for {stuck}");
        }
    }

    private void Restart(ManagedInstance instance)
    {
        if (!instance.Exists)
        {
            instance.NextActionAt = TimeSpan.MinValue; // It waits for its next try.
            return;
        }

        var isQuiet = instance.Shared.Leases > 0 && _pool.Options.StuckTime is { } stuck && _pool.Parts.Time.GetElapsedTime(instance.Shared.LastProgressAt) > stuck;
        var mayDrain = InstanceTransitions.IsServing(instance.State) || instance.State is InstanceState.Unhealthy or InstanceState.Draining;
        (instance.IsAskedFor, instance.IsForced) = (true, instance.IsForced || isQuiet || !mayDrain);
        instance.Reason = "somebody asked for its replacement";
        PoolState.Replace(instance);
    }
}
