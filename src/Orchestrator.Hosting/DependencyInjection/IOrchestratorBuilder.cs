using Microsoft.Extensions.DependencyInjection;

namespace Orchestrator.Hosting;

/// <summary>Configures the parts that <c>AddOrchestrator</c> put together.</summary>
public interface IOrchestratorBuilder
{
    /// <summary>The name of the options: the default one.</summary>
    string Name { get; }

    /// <summary>The services that the parts are registered with.</summary>
    IServiceCollection Services { get; }
}
