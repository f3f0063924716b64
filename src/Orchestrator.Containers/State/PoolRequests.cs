namespace Orchestrator.Containers.State;

/// <summary>Does what other processes ask of this host's pools, each once, and tells what came of it.</summary>
internal sealed class PoolRequests(string workerName, IContainerBalancer balancer, IContainerPoolState state, TimeProvider time)
{
    public async ValueTask TakeAsync(CancellationToken cancellationToken)
    {
        foreach (var request in await state.TakeRequestsAsync(workerName, time.GetUtcNow(), cancellationToken).ConfigureAwait(false))
        {
            var refusal = await RefusalAsync(request, cancellationToken).ConfigureAwait(false);

            // It is done or refused by now: whoever asked shall hear it also when the host stops.
            await state.EndRequestAsync(
                request.Id, refusal is null ? PoolRequestState.Done : PoolRequestState.Refused, refusal, time.GetUtcNow(), CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Does it.</summary>
    /// <returns>Why not; <see langword="null"/> when it is done.</returns>
    private async ValueTask<string?> RefusalAsync(PoolRequest request, CancellationToken cancellationToken)
    {
        if (balancer.GetStatus(request.Pool) is not { } pool)
        {
            return $"Worker {workerName} has no pool {request.Pool}.";
        }

        if (request.Kind is PoolRequestKind.Restart or PoolRequestKind.Drain or PoolRequestKind.Weight && !pool.Instances.Any(instance => instance.Name == request.Instance))
        {
            return $"Pool {request.Pool} has no instance {request.Instance}.";
        }

        try
        {
            switch (request)
            {
                case { Kind: PoolRequestKind.Scale, Instances: { } instances }:
                    await balancer.ScaleAsync(request.Pool, instances, cancellationToken).ConfigureAwait(false);
                    return null;
                case { Kind: PoolRequestKind.Restart, Instance: { } instance }:
                    await balancer.RestartAsync(instance, cancellationToken).ConfigureAwait(false);
                    return null;
                case { Kind: PoolRequestKind.Drain, Instance: { } instance }:
                    await balancer.DrainAsync(instance, cancellationToken).ConfigureAwait(false);
                    return null;
                case { Kind: PoolRequestKind.Weight, Instance: { } instance, Weight: { } weight }:
                    await balancer.SetWeightAsync(instance, weight, cancellationToken).ConfigureAwait(false);
                    return null;
                default:
                    return "This version does not know what is asked for.";
            }
        }
        catch (ArgumentOutOfRangeException) when (request.Kind == PoolRequestKind.Scale)
        {
            return $"Pool {request.Pool} cannot have {request.Instances} instances: its settings allow fewer.";
        }
        catch (ArgumentException)
        {
            return $"Instance {request.Instance} is gone.";
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return "The host stopped; it may or may not be done.";
        }
    }
}
