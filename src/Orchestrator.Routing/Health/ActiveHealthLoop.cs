using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestrator.Routing.Diagnostics;
using Orchestrator.Routing.Snapshots;

namespace Orchestrator.Routing.Health;

/// <summary>Checks every provider from time to time while the host runs, when the settings name an interval.</summary>
internal sealed class ActiveHealthLoop(ProviderRegistry registry, ProviderHealthChecks checks, TimeProvider time, ILogger<ActiveHealthLoop> logger) : BackgroundService
{
    private const double Jitter = 0.1;

    /// <summary>How often the settings are looked at while they name no interval.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(1);

    /// <summary>An interval, up to a tenth longer or shorter.</summary>
    public static TimeSpan Jittered(TimeSpan interval, ulong seed, long round)
    {
        var random = (Mixer.Mix(seed ^ ((ulong)round * Mixer.Step)) >> 11) * (1.0 / (1UL << 53));
        return interval * (1 - Jitter + (2 * Jitter * random));
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            for (var round = 0L; ; round++)
            {
                var config = registry.Snapshot.Config;
                await Task.Delay(config.HealthCheckInterval is { } interval ? Jittered(interval, config.Seed, round) : Idle, time, stoppingToken).ConfigureAwait(false);
                if (registry.Snapshot.Config.HealthCheckInterval is not null)
                {
                    await CheckAsync(stoppingToken).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    // The edge of the loop: one broken round does not end the checks.
    private async ValueTask CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            await checks.CheckAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            Log.HealthRoundBroke(logger, error);
        }
    }
}
