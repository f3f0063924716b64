using Orchestrator.Queue.Retention;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Configures the retention of a queue.</summary>
public static class TaskQueueBuilderRetentionExtensions
{
    /// <summary>Configures for how long finished tasks and what belongs to them are kept.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Configures it.</param>
    /// <returns>The same builder.</returns>
    public static ITaskQueueBuilder ConfigureRetention(this ITaskQueueBuilder builder, Action<TaskRetentionOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.Configure(configure);
        return builder;
    }
}
