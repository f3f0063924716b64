using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orchestrator.Providers;
using Orchestrator.Routing;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>What a host may add to the router.</summary>
public static class ProviderRoutingBuilderExtensions
{
    /// <summary>Adds a provider that the container creates. Adding the same type again changes nothing.</summary>
    /// <typeparam name="TProvider">The provider; one instance serves the whole host.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <returns>The same builder.</returns>
    public static IProviderRoutingBuilder AddProvider<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TProvider>(
        this IProviderRoutingBuilder builder)
        where TProvider : class, IAgentProvider
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IAgentProvider, TProvider>());
        return builder;
    }

    /// <summary>Adds a provider that the caller created. The container does not dispose it.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="provider">The provider.</param>
    /// <returns>The same builder.</returns>
    public static IProviderRoutingBuilder AddProvider(this IProviderRoutingBuilder builder, IAgentProvider provider)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(provider);
        builder.Services.AddSingleton(provider);
        return builder;
    }

    /// <summary>Changes the settings, after what was configured before.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Changes the settings.</param>
    /// <returns>The same builder.</returns>
    public static IProviderRoutingBuilder ConfigureRouting(this IProviderRoutingBuilder builder, Action<ProviderRoutingOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.Configure(builder.Name, configure);
        return builder;
    }
}
