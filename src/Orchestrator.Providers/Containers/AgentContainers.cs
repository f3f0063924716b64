using System.Collections.Concurrent;
using Orchestrator.Containers;

namespace Orchestrator.Providers.Containers;

/// <summary>Gives executions a container each: leased, emptied, with their workspace in it.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class AgentContainers(ContainerServices services)
{
    private const string ProcessEngine = "process";
    private static readonly TimeSpan Reserve = TimeSpan.FromMinutes(2); // for moving, starting and ending

    private readonly ConcurrentDictionary<string, byte> _used = new(StringComparer.Ordinal); // instances that an execution is in

    /// <summary>The pool.</summary>
    public string Pool => services.Options.Pool;

    /// <summary>Why no execution can have a container; <see langword="null"/> when one may.</summary>
    public string? Obstacle => services.Engine.Name == ProcessEngine
        ? $"Pool {Pool} runs on the process engine, which keeps nothing apart: agents run in containers of a Docker Engine, or, without a pool, confined on this machine."
        : HasPool ? null : $"There is no pool '{Pool}' of containers.";

    /// <summary>Enters a container.</summary>
    /// <param name="execution">The execution, with its workspace.</param>
    /// <param name="limits">Its clocks: the lease holds for as long as they allow it to be silent, and is renewed by what it prints.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The place, or why there is none.</returns>
    public async ValueTask<(IAgentPlace? Place, (FailureClass Class, string Message) Refused)> EnterAsync(AgentExecution execution, AgentTimeLimits limits, CancellationToken cancellationToken)
    {
        if (Obstacle is { } obstacle)
        {
            return (null, (FailureClass.Configuration, obstacle));
        }

        var silence = limits.Idle > limits.Startup ? limits.Idle : limits.Startup;
        var request = new ContainerRequest { Pool = Pool, TaskId = execution.Task.Id, Timeout = services.Options.AcquireTimeout, Duration = silence + limits.Grace + Reserve };
        var acquired = await services.Balancer.AcquireAsync(request, cancellationToken).ConfigureAwait(false);
        if (acquired.Lease is not { } lease)
        {
            var failure = acquired.Status == AcquisitionStatus.UnknownPool ? FailureClass.Configuration : FailureClass.Unavailable;
            return (null, (failure, $"There is no container of pool {Pool}: {services.Redactor.Redact(acquired.Message ?? acquired.Status.ToString())}"));
        }

        if (!_used.TryAdd(lease.EngineId, 0))
        {
            await lease.ReleaseAsync(succeeded: true).ConfigureAwait(false);
            return (null, (FailureClass.Configuration, $"Instances of pool {Pool} take more than one lease at a time, but an agent needs its own: set their hard limit to 1."));
        }

        var place = new ContainerPlace(services, lease, execution, () => _used.TryRemove(lease.EngineId, out _));
        try
        {
            place.Enter();
            return (place, default);
        }
        catch (ContainerShareException exception)
        {
            var isHeld = await lease.RenewAsync(CancellationToken.None).ConfigureAwait(false);
            await place.DisposeAsync().ConfigureAwait(false);
            return (null, isHeld ? (FailureClass.Configuration, exception.Message) : (FailureClass.Unavailable, $"The container {lease.Instance} was lost before anything ran in it."));
        }
        catch
        {
            await place.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private bool HasPool => services.Balancer.GetStatus(Pool) is not null;
}
