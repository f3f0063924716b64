using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orchestrator.Queue.Schedules;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds and configures the schedules of a queue.</summary>
public static class TaskQueueBuilderScheduleExtensions
{
    /// <summary>
    /// Puts a schedule whenever the host starts, see <see cref="ITaskSchedules.PutAsync"/>: one that is there with the same times goes on as it was. A schedule that is
    /// taken out of the code stays in the database until it is removed there.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="schedule">The schedule.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">Neither or both of cron and interval are given, or the expression is wrong; the message shows the place.</exception>
    public static ITaskQueueBuilder AddSchedule(this ITaskQueueBuilder builder, TaskSchedule schedule)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(schedule);
        _ = new ScheduleTimes(schedule, default);
        builder.Services.AddSingleton(new ScheduleSeed(schedule));
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ScheduleSeeds>());
        return builder;
    }

    /// <summary>Configures how this process enqueues what schedules say.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Configures it.</param>
    /// <returns>The same builder.</returns>
    public static ITaskQueueBuilder ConfigureSchedules(this ITaskQueueBuilder builder, Action<TaskScheduleOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.Configure(configure);
        return builder;
    }
}
