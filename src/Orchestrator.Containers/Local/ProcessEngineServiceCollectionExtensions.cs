using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orchestrator.Containers;
using Orchestrator.Containers.Local;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the engine that runs instances as processes of this machine.</summary>
public static class ProcessEngineServiceCollectionExtensions
{
    /// <summary>Adds the engine named <c>process</c>. A second call only adds settings.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Changes the settings.</param>
    /// <returns>The same services.</returns>
    /// <remarks>
    /// It neither isolates nor limits: an instance may do all that this user may, and images, mounts, memory, processors, users, capabilities and networks of a
    /// specification mean nothing to it, but for the directories of mounts, which stand in for the paths that a working directory names. A specification needs a command.
    /// <para>
    /// Instances outlive the process that started them: another engine on the same state directory takes them over, without the exit codes of those that end from then on.
    /// Stopping asks the program alone, then kills all that it started: its session, what descends from it, and what carries its mark in the environment. A process that
    /// wipes its environment, makes a session of its own and outlives its parent gets away. What an instance prints on its two streams is put into order by when it grew, as
    /// far as the engine saw it grow.
    /// </para>
    /// <para>
    /// Built for Linux with <c>/bin/sh</c> and <c>setsid</c>. On other systems instances start, stop, are listed and run commands, but cannot be frozen nor tell what they
    /// use (both fail with <see cref="ProcessEngineException.Unsupported"/>), and what they started may outlive them; on Windows they are killed without being asked, and
    /// their logs end with the engine that started them. What serves other systems is tested on Linux; it was never run on macOS or Windows.
    /// </para>
    /// </remarks>
    public static IServiceCollection AddProcessEngine(this IServiceCollection services, Action<ProcessEngineOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ProcessEngineOptions>, ProcessEngineOptionsValidator>());
        services.AddOptionsWithValidateOnStart<ProcessEngineOptions>();
        if (configure is not null)
        {
            services.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IContainerEngine, ProcessEngine>());
        return services;
    }
}
