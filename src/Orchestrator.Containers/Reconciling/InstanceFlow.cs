using Orchestrator.Containers.Diagnostics;
using Orchestrator.Containers.Health;
using Orchestrator.Containers.Pools;

namespace Orchestrator.Containers.Reconciling;

/// <summary>What comes next for one instance: watching it while it runs, and the one call that brings it closer to what shall become of it.</summary>
internal sealed class InstanceFlow(PoolState pool, Action wake)
{
    /// <summary>Stops that may fail before the instance is removed without one.</summary>
    private const int StopAttempts = 2;

    private readonly ContainerPoolOptions _options = pool.Options;

    public void Advance(ManagedInstance instance)
    {
        if (instance is { Intent: InstanceIntent.Run, EngineState: ContainerState.Running } && instance.State is not InstanceState.Stopped)
        {
            Watch(instance);
        }

        pool.WakeBy(instance.NextActionAt);
        if (instance is { Action: null, IsCreationUncertain: false } && pool.Now >= instance.NextActionAt)
        {
            if (instance.Intent == InstanceIntent.Run)
            {
                Raise(instance);
            }
            else
            {
                TearDown(instance);
            }
        }
    }

    /// <summary>Whether it does not have to come up any more: it runs for its leases, waits warm, or goes.</summary>
    public static bool IsUp(ManagedInstance instance) => instance.Intent == InstanceIntent.Remove
        || (instance.Intent == InstanceIntent.Run && (InstanceTransitions.IsServing(instance.State) || instance.State == InstanceState.Unhealthy
            || (instance is { IsWarm: true, State: InstanceState.Stopped, EngineState: ContainerState.Paused or ContainerState.Created })));

    private void Watch(ManagedInstance instance)
    {
        while (instance.Health.TakeDue(pool.Now) is { } track)
        {
            pool.Work.Probes.Add((instance, track));
        }

        pool.WakeBy(instance.Health.NextDue);
        var wasFine = instance.Health.IsPassiveFine;
        var verdict = instance.Health.Judge(pool.Now, instance.Shared);
        if (instance.Health.IsPassiveFine != wasFine)
        {
            pool.Keep(instance, ContainerCheckKind.Passive, !wasFine, wasFine ? "too many of its leases failed" : "it is given leases again");
        }

        switch (verdict)
        {
            case HealthVerdict.StartupFailed or HealthVerdict.Dead:
                if (verdict == HealthVerdict.StartupFailed)
                {
                    pool.StartFailed(instance.Health.Reason);
                }

                GiveUp(instance, instance.Health.Reason);
                return;
            case HealthVerdict.NotWhole:
                instance.Reason = instance.Health.Reason;
                PoolState.Replace(instance);
                return;
            case HealthVerdict.NotReady when InstanceTransitions.IsServing(instance.State):
                pool.Move(instance, InstanceState.Unhealthy, instance.Health.Reason);
                break;
            case HealthVerdict.Ready when instance.IsWarm:
                instance.ComingUpSince = null;
                break;
            case HealthVerdict.Ready when instance.State is InstanceState.Starting or InstanceState.Unhealthy:
                Serve(instance);
                break;
        }

        WatchLeases(instance);
    }

    private void Serve(ManagedInstance instance)
    {
        if (instance.State == InstanceState.Starting)
        {
            instance.Shared.ReadyAt = pool.Parts.Time.GetTimestamp();
            pool.StartSucceeded();
            if (instance.ComingUpSince is { } since)
            {
                pool.Parts.Metrics.Started(pool.Parts.Name, pool.Now - since);
                instance.ComingUpSince = null;
            }
        }

        pool.Move(instance, IsWarmingUp(instance) ? InstanceState.WarmingUp : InstanceState.Ready, instance.Health.Reason);
    }

    private void WatchLeases(ManagedInstance instance)
    {
        if (instance.Shared.Expired != instance.ExpiredSeen)
        {
            instance.ExpiredSeen = instance.Shared.Expired;
            if (_options.StuckTime is not null)
            {
                (instance.IsAskedFor, instance.Reason) = (true, "a lease ended without a renewal, and its work may still run");
                PoolState.Replace(instance);
                return;
            }
        }

        if (!InstanceTransitions.IsServing(instance.State))
        {
            return;
        }

        if (instance.State == InstanceState.WarmingUp && !IsWarmingUp(instance))
        {
            pool.Move(instance, InstanceState.Ready, "it has its whole share");
        }
        else if (instance.State == InstanceState.Ready && instance.Shared.Leases >= instance.Shared.HardLimit)
        {
            pool.Move(instance, InstanceState.Busy, "all its slots are leased");
        }
        else if (instance.State == InstanceState.Busy && instance.Shared.Leases < instance.Shared.HardLimit)
        {
            pool.Move(instance, InstanceState.Ready, "it has a free slot");
        }

        if (instance.Restarts.IsUsed && instance.ServingSince is { } since && pool.Now - since >= _options.Restart.HealthyAfter)
        {
            instance.Restarts.Reset();
        }
    }

    private bool IsWarmingUp(ManagedInstance instance) =>
        _options.SlowStart > TimeSpan.Zero && pool.Parts.Time.GetElapsedTime(instance.Shared.ReadyAt) < _options.SlowStart;

    /// <summary>It does not work: its leases end now, and it is replaced.</summary>
    public void GiveUp(ManagedInstance instance, string reason)
    {
        pool.EndLeases(instance);
        PoolState.Replace(instance);
        instance.Reason = reason;
        if (instance.State != InstanceState.Stopped)
        {
            pool.Move(instance, InstanceState.Stopping, reason);
        }
    }

    /// <summary>One call closer to serving, or to waiting warm.</summary>
    private void Raise(ManagedInstance instance)
    {
        if (instance is { NeedsInspection: true, Exists: true })
        {
            Look(instance);
            return;
        }

        switch (instance.EngineState)
        {
            case var _ when !instance.Exists:
                Make(instance);
                break;
            case ContainerState.Created when instance.IsWarm && _options.Warmth == ContainerWarmth.Created:
            case ContainerState.Paused when instance.IsWarm:
                KeepWarm(instance);
                break;
            case ContainerState.Created:
                Start(instance);
                break;
            case ContainerState.Paused:
                Wake(instance);
                break;
            case ContainerState.Running when instance.IsWarm:
                Freeze(instance);
                break;
        }
    }

    private void Look(ManagedInstance instance)
    {
        instance.NeedsInspection = false;
        pool.Begin(instance, new(InstanceActionKind.Inspect, instance.Shared.EngineId));
    }

    private void Make(ManagedInstance instance)
    {
        if (pool.Parts.Slots.TryTake(wake))
        {
            pool.Move(instance, InstanceState.Creating, instance.RestartCount == 0 ? "it is made" : "it is made anew");
            instance.ComingUpSince ??= pool.Now;
            pool.Begin(instance, new(InstanceActionKind.Create, null, pool.Specification.For(instance.Name)));
        }
    }

    private void Start(ManagedInstance instance)
    {
        if (pool.Parts.Slots.TryTake(wake))
        {
            pool.Move(instance, InstanceState.Starting, "it is started");
            instance.ComingUpSince ??= pool.Now;
            pool.Begin(instance, new(InstanceActionKind.Start, instance.Shared.EngineId));
        }
    }

    private void Wake(ManagedInstance instance)
    {
        if (instance.State == InstanceState.Stopped)
        {
            instance.ComingUpSince = pool.Now;
            pool.Move(instance, InstanceState.Starting, "it is woken");
        }

        pool.Begin(instance, new(InstanceActionKind.Resume, instance.Shared.EngineId));
    }

    private void Freeze(ManagedInstance instance)
    {
        if (_options.Warmth == ContainerWarmth.Created)
        {
            instance.Intent = InstanceIntent.Remove; // It was found running, and cannot be made unstarted.
        }
        else if (instance.Health.Judge(pool.Now, instance.Shared) == HealthVerdict.Ready)
        {
            pool.Begin(instance, new(InstanceActionKind.Pause, instance.Shared.EngineId));
        }
    }

    private void KeepWarm(ManagedInstance instance)
    {
        instance.ComingUpSince = null;
        pool.Move(instance, InstanceState.Stopped, instance.EngineState == ContainerState.Paused ? "it waits, frozen" : "it waits, made and not started");
    }

    private void TearDown(ManagedInstance instance)
    {
        if (!IsEmptyOfLeases(instance))
        {
            if (instance is { NeedsInspection: true, Exists: true })
            {
                Look(instance); // It may have died, and then its leases are lost.
            }

            return;
        }

        if (!instance.Exists)
        {
            Gone(instance);
        }
        else if (instance.EngineState is ContainerState.Running or ContainerState.Paused && instance.ActionFailures < StopAttempts)
        {
            if (instance.State != InstanceState.Stopped)
            {
                pool.Move(instance, InstanceState.Stopping, instance.Reason);
            }

            pool.Begin(instance, new(InstanceActionKind.Stop, instance.Shared.EngineId, Grace: instance.IsForced ? TimeSpan.Zero : _options.StopGrace));
        }
        else
        {
            pool.Begin(instance, new(InstanceActionKind.Remove, instance.Shared.EngineId));
        }
    }

    private bool IsEmptyOfLeases(ManagedInstance instance)
    {
        instance.Shared.Close();
        if (instance.Shared.Leases == 0)
        {
            return true;
        }

        var mayDrain = instance.State is InstanceState.Unhealthy or InstanceState.Draining || InstanceTransitions.IsServing(instance.State);
        if (mayDrain && !instance.IsForced)
        {
            pool.Move(instance, InstanceState.Draining, instance.Reason);
            instance.DrainingSince ??= pool.Now;
            if (pool.Now - instance.DrainingSince < _options.DrainDeadline)
            {
                return false;
            }
        }

        pool.EndLeases(instance);
        return true;
    }

    /// <summary>It is torn down: the end of it, or its next life.</summary>
    private void Gone(ManagedInstance instance)
    {
        if (instance.State is not (InstanceState.Stopped or InstanceState.CrashLoop))
        {
            pool.Move(instance, InstanceState.Stopped, instance.Reason);
        }

        if (instance.Intent == InstanceIntent.Remove)
        {
            pool.Instances.Remove(instance);
            pool.Work.Gone.Add(instance.Name);
            Log.InstanceRemoved(pool.Parts.Logger, instance.Name, instance.Reason);
            return;
        }

        instance.RestartCount++;
        pool.Parts.Metrics.Restarted(pool.Parts.Name);
        if (!instance.IsAskedFor)
        {
            var (delay, isCrashLoop) = instance.Restarts.Take(pool.Now);
            instance.NextActionAt = pool.Now + delay;
            if (isCrashLoop)
            {
                pool.Move(instance, InstanceState.CrashLoop, instance.Reason);
                Log.InstanceInCrashLoop(pool.Parts.Logger, instance.Name, instance.Reason);
            }
        }

        (instance.Intent, instance.IsForced, instance.IsAskedFor, instance.DrainingSince, instance.ActionFailures) = (InstanceIntent.Run, false, false, null, 0);
        instance.ExpiredSeen = instance.Shared.Expired; // Those were of the life that ended.
    }
}
