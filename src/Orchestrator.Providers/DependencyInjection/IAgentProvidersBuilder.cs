namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds providers to a host; <see cref="AgentProvidersServiceCollectionExtensions.AddAgentProviders"/> gives one.</summary>
public interface IAgentProvidersBuilder
{
    /// <summary>The services of the host.</summary>
    IServiceCollection Services { get; }
}
