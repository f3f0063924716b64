using Orchestrator.Containers.Diagnostics;

namespace Orchestrator.Containers.Reconciling;

/// <summary>Takes what came of calls about instances.</summary>
internal sealed class ActionOutcomes(PoolState pool, EngineFindings findings)
{
    /// <summary>Failures in a row after which an instance that cannot be started or woken is replaced.</summary>
    private const int Patience = 3;

    private static readonly EngineFailure NotRunning = new("container.not_running", "The engine says that it started the instance, but it does not run.", IsTransient: true);

    public void Apply(ActionEnded ended)
    {
        var instance = ended.Instance;
        (instance.Action, instance.Sequence) = (null, ++pool.Sequence);
        if (ended.Kind is InstanceActionKind.Create or InstanceActionKind.Start)
        {
            pool.Parts.Slots.Give();
        }

        if (ended.Result.Failure is { } failure)
        {
            Fail(instance, ended.Kind, failure);
        }
        else
        {
            Succeed(instance, ended);
        }
    }

    private void Succeed(ManagedInstance instance, ActionEnded ended)
    {
        switch (ended.Kind)
        {
            case InstanceActionKind.Create:
                pool.Attach(instance, ended.Result.EngineId!, ContainerState.Created);
                break;
            case InstanceActionKind.Start or InstanceActionKind.Resume when ended.Result.Status is { State: ContainerState.Created or ContainerState.Paused }:
                findings.Apply(instance, ended.Result.Status);
                Fail(instance, ended.Kind, NotRunning);
                return;
            case InstanceActionKind.Start or InstanceActionKind.Resume or InstanceActionKind.Inspect:
                findings.Apply(instance, ended.Result.Status);
                break;
            case InstanceActionKind.Pause:
                instance.EngineState = ContainerState.Paused;
                break;
            case InstanceActionKind.Stop:
                instance.EngineState = ContainerState.Exited;
                break;
            case InstanceActionKind.Remove:
                pool.Forget(instance);
                break;
        }

        instance.ActionFailures = 0;
    }

    private void Fail(ManagedInstance instance, InstanceActionKind kind, EngineFailure failure)
    {
        instance.ActionFailures++;
        instance.NextActionAt = pool.Now + EngineBackoff.After(instance.ActionFailures, pool.Parts.Random);
        Log.EngineCallFailed(pool.Parts.Logger, kind, instance.Name, failure.Code, failure.Message);
        pool.Parts.Metrics.CallFailed(pool.Parts.Name, kind, failure.Code);
        switch (kind)
        {
            case InstanceActionKind.Create:
                NotMade(instance, failure);
                break;
            case InstanceActionKind.Start:
                pool.StartFailed(failure.ToString());
                GiveUpOrLook(instance, failure);
                break;
            case InstanceActionKind.Pause or InstanceActionKind.Resume:
                GiveUpOrLook(instance, failure);
                break;
            case InstanceActionKind.Inspect:
                instance.NeedsInspection = true;
                break;
        }
    }

    /// <summary>It may have been made all the same: only a list tells.</summary>
    private void NotMade(ManagedInstance instance, EngineFailure failure)
    {
        pool.StartFailed(failure.ToString());
        (instance.IsCreationUncertain, pool.NeedsList) = (true, true);
        if (instance.Intent != InstanceIntent.Run)
        {
            return;
        }

        if (failure.IsTransient)
        {
            instance.Reason = failure.ToString();
        }
        else
        {
            pool.Move(instance, InstanceState.Failed, failure.ToString());
            instance.NextActionAt = pool.Now + pool.Options.Restart.MaxDelay;
        }
    }

    private void GiveUpOrLook(ManagedInstance instance, EngineFailure failure)
    {
        if (instance.Intent == InstanceIntent.Run && (!failure.IsTransient || instance.ActionFailures >= Patience))
        {
            pool.EndLeases(instance);
            PoolState.Replace(instance);
            instance.ActionFailures = 0;
            pool.Move(instance, InstanceState.Stopping, failure.ToString());
        }
        else
        {
            instance.NeedsInspection = true;
        }
    }
}
