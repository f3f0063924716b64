namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Chooses and configures the database. Made by <see cref="OrchestratorStorageServiceCollectionExtensions.AddOrchestratorStorage"/>.</summary>
public interface IOrchestratorStorageBuilder
{
    /// <summary>The name of this storage.</summary>
    string Name { get; }

    /// <summary>Where services are registered.</summary>
    IServiceCollection Services { get; }
}
