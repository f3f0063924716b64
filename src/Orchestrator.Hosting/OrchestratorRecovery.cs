using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestrator.Providers.Workspaces;

namespace Orchestrator.Hosting;

/// <summary>
/// Before the worker starts: takes back the tasks of dead workers. Then, and every minute: removes the workspaces that no process uses any more, and settles the
/// trees of tasks that nobody will go on with.
/// </summary>
internal sealed class OrchestratorRecovery(
    DeadWorkerTasks deadWorkers, GitWorkspaces workspaces, TreeSettlement trees, TimeProvider time, ILogger<OrchestratorRecovery> logger)
    : BackgroundService
{
    /// <summary>How often a process looks for what others left.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private string? _notRemoved;

    /// <summary>A host whose state cannot be put in order does not start.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await deadWorkers.TakeBackAsync(cancellationToken).ConfigureAwait(false);
        await TidyAsync(cancellationToken).ConfigureAwait(false);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                await TidyAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                logger.SweepFailed(error);
            }
        }
    }

    private async ValueTask TidyAsync(CancellationToken cancellationToken)
    {
        await RemoveWorkspacesAsync(cancellationToken).ConfigureAwait(false);
        var settled = await trees.SettleAsync(cancellationToken).ConfigureAwait(false);
        if (settled > 0)
        {
            logger.TreesSettled(settled);
        }
    }

    private async ValueTask RemoveWorkspacesAsync(CancellationToken cancellationToken)
    {
        try
        {
            var removed = await workspaces.RecoverAsync(cancellationToken).ConfigureAwait(false);
            _notRemoved = null;
            if (removed.Count > 0)
            {
                logger.LeftoversRemoved(removed.Count);
            }
        }
        catch (WorkspaceException error)
        {
            // One directory that cannot be deleted must not keep everything else from starting. It is tried again every minute, and told once.
            if (_notRemoved != error.Message)
            {
                _notRemoved = error.Message;
                logger.LeftoversNotRemoved(error);
            }
        }
    }
}
