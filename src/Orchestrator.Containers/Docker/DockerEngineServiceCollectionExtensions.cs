using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orchestrator.Containers;
using Orchestrator.Containers.Docker;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the engine that runs instances in a Docker Engine.</summary>
public static class DockerEngineServiceCollectionExtensions
{
    /// <summary>Makes a Docker Engine the one <see cref="IContainerEngine"/> of the host, in place of any other.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="configure">Settings; without any, the engine of the environment (<c>DOCKER_HOST</c>) or of this machine.</param>
    /// <returns>The services.</returns>
    /// <remarks>An earlier registration of <see cref="TimeProvider"/> wins. The engine is a singleton; the settings are checked at start. Nothing is connected before the first call.</remarks>
    public static IServiceCollection AddDockerEngine(this IServiceCollection services, Action<DockerEngineOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);

        services.TryAddSingleton(TimeProvider.System);
        var options = services.AddOptionsWithValidateOnStart<DockerEngineOptions, DockerEngineOptionsValidator>();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.RemoveAll<IContainerEngine>();
        services.AddSingleton<IContainerEngine>(static provider => new DockerEngine(
            provider.GetRequiredService<IOptions<DockerEngineOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ILogger<DockerEngine>>() ?? NullLogger<DockerEngine>.Instance));
        return services;
    }
}
