using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestrator.Storage;

namespace Orchestrator.Queue.Retention;

/// <summary>Deletes what is older than the policy keeps, every hour or so.</summary>
internal sealed class RetentionRunner(
    IStorageMaintenance maintenance, ITaskStore tasks, TaskRetentionOptions options, TimeProvider time, Random random, ILogger<RetentionRunner> logger)
    : BackgroundService
{
    private const double Jitter = 0.1;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var wait = options.Interval * (Jitter * random.NextDouble());
            while (true)
            {
                await Task.Delay(wait, time, stoppingToken).ConfigureAwait(false);
                await ApplyAsync(stoppingToken).ConfigureAwait(false);
                wait = options.Interval * (1 - Jitter + (2 * Jitter * random.NextDouble()));
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; what was deleted stays deleted.
        }
    }

    // The edge of the loop: what could not be deleted now is deleted next time.
    private async ValueTask ApplyAsync(CancellationToken cancellationToken)
    {
        try
        {
            var now = await tasks.GetTimeAsync(cancellationToken).ConfigureAwait(false);
            var removed = await maintenance.ApplyRetentionAsync(options.Policy, now, cancellationToken).ConfigureAwait(false);
            if (removed.Total > 0)
            {
                RetentionLog.RetentionApplied(logger, removed.Tasks, removed.Plans, removed.Keys, removed.Executions);
            }
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            RetentionLog.RetentionFailed(logger, error);
        }
    }
}
