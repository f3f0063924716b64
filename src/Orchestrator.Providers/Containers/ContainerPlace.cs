using Orchestrator.Containers;
using Orchestrator.Providers.Processes;
using Orchestrator.Providers.Workspaces;

namespace Orchestrator.Providers.Containers;

/// <summary>A leased container, with the workspace of one execution in it.</summary>
/// <remarks>
/// Leaving it moves the workspace out, has the instance made anew, releases the lease and kills the container, in this order: the balancer removes what an instance has as soon as it ends, and must count this
/// end neither as a crash nor as a lease that was lost.
/// The workspace counts as back only when the end is certain: so nothing that ran in it can change it later, and nothing of the execution is found by the next one.
/// </remarks>
internal sealed class ContainerPlace : IAgentPlace
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromMinutes(1); // an engine that is started anew is back in seconds
    private static readonly TimeSpan EndPause = TimeSpan.FromSeconds(1);

    private readonly ContainerServices _services;
    private readonly ContainerLease _lease;
    private readonly ContainerShare _share;
    private readonly ContainerRunner _runner;
    private readonly Action _left;
    private readonly Lazy<Task<bool>> _leaving;
    private bool _isIn;
    private bool _isReleased;

    public ContainerPlace(ContainerServices services, ContainerLease lease, AgentExecution execution, Action left)
    {
        (_services, _lease, _left) = (services, lease, left);
        _share = new ContainerShare(services.Options.Directory.Replace(ContainerShare.Placeholder, lease.Instance, StringComparison.Ordinal), execution.Workspace!);
        _runner = new ContainerRunner(services, lease, _share);
        Execution = execution with { Workspace = _share.Workspace };
        Door = new ProxyDoor(_share.SocketPath, services.Options.Port);
        _leaving = new Lazy<Task<bool>>(EndAsync);
    }

    public AgentExecution Execution { get; }

    public IProcessRunner Runner => _runner;

    public bool IsContainer => true;

    public bool HasNetwork => _services.Options.HasNetwork;

    public ProxyDoor? Door { get; }

    /// <summary>What its lease costs: final once the place is left.</summary>
    public decimal CostUsd => _lease.CostUsd;

    /// <summary>Moves the workspace in.</summary>
    /// <exception cref="ContainerShareException">It cannot be done.</exception>
    public void Enter()
    {
        _share.Enter();
        _isIn = true;
    }

    public async ValueTask<AgentEvent> CompleteAsync(AgentEvent happened)
    {
        switch (happened)
        {
            case AgentUsageReported told:
                return told with { CostUsd = told.CostUsd + CostUsd };
            case AgentFailed { Failure: var failure } failed:
                await LeaveAsync().ConfigureAwait(false);
                return failed with { Failure = failure with { CostUsd = failure.CostUsd + CostUsd } };
            case AgentCompleted { Result: var result } completed:
                var isBack = await LeaveAsync().ConfigureAwait(false);
                return isBack ? completed with { Result = result with { CostUsd = result.CostUsd + CostUsd } } : Lost(completed);
            default:
                return happened;
        }
    }

    public async ValueTask<bool> LeaveAsync() => await _leaving.Value.ConfigureAwait(false);

    public async ValueTask DisposeAsync() => await LeaveAsync().ConfigureAwait(false);

    private AgentFailed Lost(AgentCompleted completed) => new()
    {
        At = completed.At,
        Failure = new AgentFailure
        {
            Class = FailureClass.Crashed,
            Message = $"The container {_lease.Instance} was lost with the workspace before its changes were taken.",
            Usage = completed.Result.Usage,
            CostUsd = completed.Result.CostUsd + CostUsd,
        },
    };

    /// <returns>Whether the workspace is back as the program left it.</returns>
    private async Task<bool> EndAsync()
    {
        try
        {
            return !_isIn || await TakeBackAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is WorkspaceException or IOException or UnauthorizedAccessException)
        {
            _services.Logger.ContainerWorkspaceLost(exception, _lease.Instance, Execution.Id);
            return false;
        }
        finally
        {
            _left(); // First: whoever waits for the instance may be in it at once.
            await ReleaseAsync().ConfigureAwait(false);
        }
    }

    private async Task<bool> TakeBackAsync()
    {
        // Without the lease the instance may have gone, and another one, with somebody else's workspace, may have its name and its directory by now.
        var isHeld = await _lease.RenewAsync(CancellationToken.None).ConfigureAwait(false);
        if (!isHeld && await StateAsync().ConfigureAwait(false) is ContainerState.Removed)
        {
            return false;
        }

        _share.Leave();
        if (isHeld && await TryRecycleAsync().ConfigureAwait(false))
        {
            await ReleaseAsync().ConfigureAwait(false); // Nobody gets the instance any more, and its end must not look like that of a lease.
        }

        if (await TryStopAsync().ConfigureAwait(false))
        {
            return _share.TryTake();
        }

        if (!isHeld)
        {
            await TryRecycleAsync().ConfigureAwait(false);
        }

        _share.Abandon();
        return false;
    }

    private async ValueTask ReleaseAsync()
    {
        if (!_isReleased)
        {
            _isReleased = true;
            await _lease.ReleaseAsync(succeeded: !_runner.IsLost).ConfigureAwait(false);
        }
    }

    private async Task<bool> TryRecycleAsync()
    {
        try
        {
            await _services.Balancer.RestartAsync(_lease.Instance, CancellationToken.None).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (exception is OrchestratorException or ArgumentException or ObjectDisposedException)
        {
            // It has gone by itself, or the balancer has.
            _services.Logger.ContainerNotRecycled(exception, _lease.Instance, Execution.Id);
            return false;
        }
    }

    /// <returns>Whether nothing runs in it any more.</returns>
    private async Task<bool> TryStopAsync()
    {
        var began = _services.Time.GetTimestamp();
        while (true)
        {
            try
            {
                await _services.Engine.StopAsync(_lease.EngineId, TimeSpan.Zero, CancellationToken.None).ConfigureAwait(false);
                return true;
            }
            catch (Exception exception) when (exception is OrchestratorException or ObjectDisposedException)
            {
                if (await StateAsync().ConfigureAwait(false) is ContainerState.Exited or ContainerState.Removed)
                {
                    return true; // By itself or by the balancer, and was removed.
                }

                if (exception is not OrchestratorException { IsTransient: true } || _services.Time.GetElapsedTime(began) >= EndLimit)
                {
                    // Without the engine nobody can tell: the balancer removes it as soon as it can.
                    _services.Logger.ContainerNotEnded(exception, _lease.Instance, Execution.Id);
                    return false;
                }
            }

            await Task.Delay(EndPause, _services.Time).ConfigureAwait(false);
        }
    }

    private async Task<ContainerState> StateAsync()
    {
        try
        {
            return await _services.Engine.InspectAsync(_lease.EngineId, CancellationToken.None).ConfigureAwait(false) is { } status ? status.State : ContainerState.Removed;
        }
        catch (Exception exception) when (exception is OrchestratorException or ObjectDisposedException)
        {
            return ContainerState.Unknown;
        }
    }
}
