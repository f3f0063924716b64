using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orchestrator.Hosting;
using Orchestrator.Queue;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Lets the orchestrator take provider tasks from its queue.</summary>
public static class ProviderTasksBuilderExtensions
{
    /// <summary>Adds the handler of <see cref="ProviderTask"/> and <see cref="ProviderTaskClient"/>. Calling it again only adds configuration.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">The factories; without one every message is refused.</param>
    /// <returns>The same builder.</returns>
    public static IOrchestratorBuilder AddProviderTasks(this IOrchestratorBuilder builder, Action<ProviderTaskOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);

        var services = builder.Services;
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ProviderTaskOptions>, ProviderTaskOptionsValidator>());
        var options = services.AddOptions<ProviderTaskOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddSingleton<AgentTaskHandler>();
        services.TryAddSingleton<ProviderTaskGate>();
        services.TryAddSingleton(static provider => new ProviderTaskClient(
            provider.GetRequiredService<ITaskQueue>(),
            provider.GetRequiredService<ProviderTaskGate>(),
            provider.GetRequiredService<AgentTaskTrail>(),
            provider.GetRequiredService<IOptionsMonitor<ProviderTaskOptions>>()));
        services.AddTaskQueue().AddHandler<ProviderTaskHandler>();
        return builder;
    }
}
