using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Queue.Diagnostics;
using Orchestrator.Storage;

namespace Orchestrator.Queue.Signals;

/// <summary>Passes on to this process what the database tells of others. Polling stays the net: nothing depends on it.</summary>
/// <remarks>Asks for the database no earlier than at its start, so that the host has validated all options before and reports every wrong one.</remarks>
internal sealed class NotificationListener(IServiceProvider services, TaskSignals signals, ILogger<NotificationListener> logger) : BackgroundService
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!services.GetRequiredService<IOptions<TaskQueueOptions>>().Value.Listen || services.GetService<ITaskNotifications>() is not { } notifications)
        {
            return;
        }

        for (var pause = ShortestPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                await foreach (var queue in notifications.ListenAsync(stoppingToken).ConfigureAwait(false))
                {
                    // The first hint says that the engine listens.
                    signals.IsListening = true;
                    pause = ShortestPause;
                    Heard(queue);
                }

                return; // The engine has nothing to tell.
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                Log.ListeningFailed(logger, error);
            }
            finally
            {
                signals.IsListening = false;
            }

            await Task.Delay(pause, signals.Time, stoppingToken).ConfigureAwait(false);
        }
    }

    private void Heard(string? queue)
    {
        if (queue is null)
        {
            signals.AvailableEverywhere();
        }
        else
        {
            signals.Available(queue);
        }

        signals.CancelHinted(queue);
    }
}
