using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orchestrator.Containers.Leasing;
using Orchestrator.Containers.Pools;
using Orchestrator.Containers.Scaling;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds pools, demand and policies to the container balancer.</summary>
public static class ContainerBalancerBuilderExtensions
{
    /// <summary>Adds a pool, or configures one that is there.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">The pool's name.</param>
    /// <param name="configure">Configures it.</param>
    /// <returns>The same builder.</returns>
    public static IContainerBalancerBuilder AddPool(this IContainerBalancerBuilder builder, string name, Action<ContainerPoolOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(configure);
        builder.Services.Configure<ContainerBalancerOptions>(options =>
        {
            if (!options.Pools.TryGetValue(name, out var pool))
            {
                options.Pools[name] = pool = new ContainerPoolOptions();
            }

            configure(pool);
        });
        return builder;
    }

    /// <summary>Adds a source of work that waits for pools; adding it again does nothing.</summary>
    /// <typeparam name="TDemand">The source; made once.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <returns>The same builder.</returns>
    public static IContainerBalancerBuilder AddDemand<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TDemand>(this IContainerBalancerBuilder builder)
        where TDemand : class, IPoolDemand
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IPoolDemand, TDemand>());
        return builder;
    }

    /// <summary>Adds a way of choosing an instance, which pools name in their <see cref="ContainerPoolOptions.Policy"/>; adding it again does nothing.</summary>
    /// <typeparam name="TPolicy">The policy; made once.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <returns>The same builder.</returns>
    public static IContainerBalancerBuilder AddSelectionPolicy<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TPolicy>(this IContainerBalancerBuilder builder)
        where TPolicy : class, IInstanceSelectionPolicy
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IInstanceSelectionPolicy, TPolicy>());
        return builder;
    }
}
