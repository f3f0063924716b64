namespace Orchestrator.Queue.Schedules;

/// <summary>How this process enqueues what schedules say.</summary>
public sealed class TaskScheduleOptions
{
    /// <summary>Whether this process does so while its host runs. Any number of processes may: each time is enqueued once.</summary>
    /// <value><see langword="true"/> by default.</value>
    public bool IsEnabled { get; set; } = true;

    /// <summary>How often to look for schedules that other processes put, from 100 ms to 1 hour; for a time that is known it wakes up exactly.</summary>
    /// <value>30 seconds by default.</value>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How late a time may be enqueued without counting as missed, from 1 second to 1 day, see <see cref="MisfirePolicy"/>. Should be longer than <see cref="PollInterval"/>.
    /// </summary>
    /// <value>1 minute by default.</value>
    public TimeSpan MisfireTolerance { get; set; } = TimeSpan.FromMinutes(1);
}
