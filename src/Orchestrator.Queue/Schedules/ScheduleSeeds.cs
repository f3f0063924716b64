using Microsoft.Extensions.Hosting;
using Orchestrator.Storage;

namespace Orchestrator.Queue.Schedules;

/// <summary>Puts the schedules that the host's own code names, when the host starts. One that is there and the same goes on as it was; one that was paused or resumed meanwhile stays so.</summary>
internal sealed class ScheduleSeeds(ITaskSchedules schedules, ITaskScheduleStore store, IEnumerable<ScheduleSeed> seeds) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var seed in seeds)
        {
            // One that cannot be read is replaced by what the code says.
            var existing = await store.GetAsync(seed.Schedule.Id, cancellationToken).ConfigureAwait(false);
            var schedule = existing?.Status is { } status ? seed.Schedule with { IsPaused = status.Schedule.IsPaused } : seed.Schedule;
            await schedules.PutAsync(schedule, cancellationToken).ConfigureAwait(false);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>A schedule that the host's own code names.</summary>
internal sealed record ScheduleSeed(TaskSchedule Schedule);
