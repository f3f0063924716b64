using Orchestrator.Containers.Diagnostics;
using Orchestrator.Containers.Pools;

namespace Orchestrator.Containers.Reconciling;

/// <summary>Takes what the engine says about instances: looks at one, full lists, and events, which are only hints.</summary>
internal sealed class EngineFindings(PoolState pool)
{
    private static readonly TimeSpan ClockGrain = TimeSpan.FromSeconds(1); // engines round start times differently

    /// <summary>An event makes the loop look, and keeps new leases off meanwhile; by itself it changes nothing, as it may be late, doubled or wrong.</summary>
    public void Hear(ContainerEvent told)
    {
        if (pool.Instances.Find(instance => instance.Shared.EngineId == told.Id) is not { } instance)
        {
            return;
        }

        switch (told.Kind)
        {
            case ContainerEventKind.Exited or ContainerEventKind.Removed or ContainerEventKind.Paused when instance is { EngineState: ContainerState.Running, Intent: InstanceIntent.Run }:
                (instance.NeedsInspection, instance.IsSuspect, instance.NextActionAt) = (true, true, TimeSpan.MinValue);
                break;
            case ContainerEventKind.Exited or ContainerEventKind.Removed or ContainerEventKind.OutOfMemory when instance.Intent == InstanceIntent.Run || instance.Shared.Leases > 0:
            case ContainerEventKind.Started or ContainerEventKind.Resumed when instance.EngineState != ContainerState.Running && instance.Action is null:
                instance.NeedsInspection = true;
                break;
            case ContainerEventKind.Healthy or ContainerEventKind.Unhealthy:
                var isHealthy = told.Kind == ContainerEventKind.Healthy;
                instance.Health.Hint(isHealthy ? ContainerHealth.Healthy : ContainerHealth.Unhealthy);
                pool.Keep(instance, ContainerCheckKind.Engine, isHealthy, "the engine's own health check");
                break;
        }
    }

    /// <summary>Takes the truth about one instance.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="status">What the engine says; null when it does not have it.</param>
    public void Apply(ManagedInstance instance, ContainerStatus? status)
    {
        instance.IsSuspect = instance.IsSuspect && instance.NeedsInspection;
        switch (status?.State)
        {
            case null or ContainerState.Removed:
                pool.Forget(instance);
                End(instance, "it is gone from the engine");
                break;
            case ContainerState.Running:
                Running(instance, status);
                break;
            case ContainerState.Paused:
                instance.EngineState = ContainerState.Paused;
                if (instance.Intent == InstanceIntent.Run && InstanceTransitions.IsServing(instance.State))
                {
                    pool.Move(instance, InstanceState.Unhealthy, "it was frozen by somebody else");
                }

                break;
            case ContainerState.Exited:
                instance.EngineState = ContainerState.Exited;
                End(instance, Describe(status));
                break;
            case ContainerState.Created when instance.EngineState is ContainerState.Running or ContainerState.Paused:
                instance.EngineState = ContainerState.Created;
                End(instance, "it does not run any more");
                break;
            case ContainerState.Created:
                instance.EngineState = ContainerState.Created;
                break;
        }
    }

    /// <summary>Takes a full list: what is not in it is looked at, what is in it and belongs to nobody goes.</summary>
    public void Apply(ListEnded list, ValueList<ContainerStatus> instances)
    {
        var byId = pool.Instances.Where(instance => instance.Exists).ToDictionary(instance => instance.Shared.EngineId!, StringComparer.Ordinal);
        foreach (var status in instances.Where(IsOfPool))
        {
            if (byId.Remove(status.Id, out var known))
            {
                ApplyListed(list, known, status);
            }
            else if (!pool.Removed.TryGetValue(status.Id, out var removed) || removed <= list.Sequence)
            {
                Meet(list, status);
            }
        }

        foreach (var missing in byId.Values.Where(instance => IsOlder(instance, list) && (instance.Intent == InstanceIntent.Run || instance.Shared.Leases > 0)))
        {
            pool.Work.WantsNewWatch |= !missing.NeedsInspection;
            (missing.NeedsInspection, missing.IsSuspect) = (true, true);
        }

        foreach (var instance in pool.Instances.Where(instance => IsOlder(instance, list)))
        {
            instance.IsCreationUncertain = false;
        }

        foreach (var (id, _) in pool.Removed.Where(removed => removed.Value <= list.Sequence).ToList())
        {
            pool.Removed.Remove(id);
        }

        pool.IsAdopted = true;
        pool.Memory.ForgetUnseen();
    }

    /// <summary>Whether a list knows of the last call about an instance.</summary>
    private static bool IsOlder(ManagedInstance instance, ListEnded list) => instance.Action is null && instance.Sequence <= list.Sequence;

    private bool IsOfPool(ContainerStatus status) =>
        status.State != ContainerState.Removed && pool.Specification.Labels.All(label => status.Labels.TryGetValue(label.Key, out var value) && value == label.Value);

    private void ApplyListed(ListEnded list, ManagedInstance known, ContainerStatus status)
    {
        if (IsOlder(known, list))
        {
            var wasRunning = known is { EngineState: ContainerState.Running, NeedsInspection: false };
            pool.Work.WantsNewWatch |= wasRunning && status.State is ContainerState.Exited or ContainerState.Paused;
            Apply(known, status);
        }
    }

    /// <summary>The list holds something that the pool did not know.</summary>
    private void Meet(ListEnded list, ContainerStatus status)
    {
        if (pool.Orphans.Contains(status.Id))
        {
            return; // It goes already.
        }

        var known = pool.Find(status.Name);
        if (known is { Exists: false } && !IsOlder(known, list))
        {
            return; // It is being made, or was after this list: the next one tells.
        }

        if (known is { Exists: false, Intent: InstanceIntent.Run } && RevisionOf(status) == pool.Specification.Revision)
        {
            pool.Attach(known, status.Id, ContainerState.Created); // It was made after all.
            Apply(known, status);
        }
        else if (pool.IsAdopted || known is not null || !TryAdopt(status))
        {
            pool.Orphans.Add(status.Id);
            pool.Work.Orphans.Add((status.Id, known is null ? status.Name : null));
            Log.OrphanFound(pool.Parts.Logger, status.Name, pool.Parts.Name);
        }
    }

    private bool TryAdopt(ContainerStatus status)
    {
        var isOutdated = RevisionOf(status) != pool.Specification.Revision;
        var isAlive = status.State is ContainerState.Running or ContainerState.Paused || (status.State == ContainerState.Created && !isOutdated);
        if (!isAlive || !Identifiers.IsName(status.Name) || !status.Labels.TryGetValue(ContainerLabels.Instance, out var name) || name != status.Name)
        {
            return false;
        }

        var instance = pool.Add(status.Name, isOutdated);
        instance.IsWarm = status.State != ContainerState.Running && !isOutdated && pool.Instances.Count(other => other.IsWarm) < pool.Options.WarmInstances;
        pool.Move(instance, status.State == ContainerState.Created ? InstanceState.Creating : InstanceState.Starting, isOutdated ? "it was found, of an older revision" : "it was found");
        pool.Attach(instance, status.Id, ContainerState.Created);
        Apply(instance, status);
        Log.InstanceAdopted(pool.Parts.Logger, instance.Name, isOutdated);
        ReplaceIfAlone(instance);
        return true;
    }

    /// <summary>
    /// What somebody leased before may still work in it, as commands in an instance outlive the orchestrator that began them; whoever would lease it next counts on being alone there, or in its
    /// directories. So it is made anew before its first lease, as after a lease that expired.
    /// </summary>
    private void ReplaceIfAlone(ManagedInstance instance)
    {
        var mayHaveServed = instance is { IsWarm: false, EngineState: ContainerState.Running or ContainerState.Paused };
        var isForOne = pool.Options.HardLimit == 1 || InstanceDirectories.AreUsed(pool.Options);
        if (mayHaveServed && isForOne && pool.Options.StuckTime is not null)
        {
            (instance.IsAskedFor, instance.Reason) = (true, "it was found running, and what was leased before may still work in it");
            PoolState.Replace(instance);
        }
    }

    private static string? RevisionOf(ContainerStatus status) => status.Labels.TryGetValue(ContainerLabels.Revision, out var revision) ? revision : null;

    private void Running(ManagedInstance instance, ContainerStatus status)
    {
        var isNewRun = instance.StartedAt is { } before && status.StartedAt is { } now && (now - before).Duration() > ClockGrain;
        if (instance.EngineState == ContainerState.Running && isNewRun)
        {
            instance.StartedAt = status.StartedAt;
            End(instance, "it was started anew by somebody else");
            instance.EngineState = ContainerState.Running;
            return;
        }

        if (instance.EngineState != ContainerState.Running)
        {
            instance.EngineState = ContainerState.Running;
            instance.Health.Begin(instance.Shared);
            if (instance is { Intent: InstanceIntent.Run, State: InstanceState.Creating or InstanceState.Stopped or InstanceState.CrashLoop or InstanceState.Failed })
            {
                pool.Move(instance, InstanceState.Starting, "it runs");
            }
        }

        instance.StartedAt = status.StartedAt ?? instance.StartedAt;
        if (!instance.Shared.Endpoints.AsSpan().SequenceEqual([.. status.Endpoints]))
        {
            instance.Shared.Endpoints = [.. status.Endpoints];
        }

        instance.Health.Hint(status.Health);
    }

    /// <summary>Its program ended: its leases are lost, and unless it shall go anyway it is replaced.</summary>
    private void End(ManagedInstance instance, string reason)
    {
        pool.EndLeases(instance);
        if (instance.Intent != InstanceIntent.Run)
        {
            return;
        }

        if (instance.State is InstanceState.Creating or InstanceState.Starting)
        {
            pool.StartFailed(reason);
        }

        PoolState.Replace(instance);
        instance.ComingUpSince = null;
        pool.Move(instance, InstanceState.Stopped, reason);
    }

    private static string Describe(ContainerStatus status) =>
        status.IsOutOfMemory ? "it was ended for using too much memory" : status.ExitCode is { } code ? $"it ended with exit code {code}" : "it ended";
}
