namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds an engine, pools and policies to the container balancer. Made by <see cref="ContainerBalancerServiceCollectionExtensions.AddContainerBalancer"/>.</summary>
public interface IContainerBalancerBuilder
{
    /// <summary>The name of this balancer's registration.</summary>
    string Name { get; }

    /// <summary>Where services are registered.</summary>
    IServiceCollection Services { get; }
}
