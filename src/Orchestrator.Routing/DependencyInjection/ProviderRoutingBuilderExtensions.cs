using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orchestrator.Providers;
using Orchestrator.Routing;
using Orchestrator.Routing.Configuration;
using Orchestrator.Routing.Registration;

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

    /// <summary>
    /// Adds a provider whose tasks the host carries out itself: the router chooses among its kind, limits, prices and health as among all others, and
    /// <see cref="RegisteredProvider.Agent"/> is <see langword="null"/>. The catalogue's entries can be added like this: <c>AddProvider(ProviderCatalog.Jules.Descriptor)</c>.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="descriptor">What the provider is and can do.</param>
    /// <returns>The same builder.</returns>
    public static IProviderRoutingBuilder AddProvider(this IProviderRoutingBuilder builder, ProviderDescriptor descriptor)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(descriptor);
        builder.Services.AddSingleton(new DescribedProvider(descriptor));
        return builder;
    }

    /// <summary>
    /// Adds a selection policy of the host, to be named in <see cref="ProviderRoutingOptions.Policy"/>, a rule or an experiment. Adding the same type again changes nothing; a name that
    /// another policy has fails at start.
    /// </summary>
    /// <typeparam name="TPolicy">The policy; one instance serves the whole host.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <returns>The same builder.</returns>
    public static IProviderRoutingBuilder AddSelectionPolicy<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TPolicy>(
        this IProviderRoutingBuilder builder)
        where TPolicy : class, ISelectionPolicy
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<ISelectionPolicy, TPolicy>());
        return builder;
    }

    /// <summary>
    /// Lays a section of the configuration over the settings, after what was configured before: keys are the names of the options, in any case; words such as <c>new_build</c> or
    /// <c>NewBuild</c> are both read; times are written <c>30s</c>, <c>5m</c> or <c>00:05:00</c>. A list replaces what was there; what is not set stays. Every error is reported at once, with
    /// those of the validation; a key that is no setting is one. When the configuration reloads, the router gets the new settings; wrong ones are logged and the old ones stay.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="section">The section, such as <c>Orchestrator:Routing</c>.</param>
    /// <returns>The same builder.</returns>
    public static IProviderRoutingBuilder ConfigureRouting(this IProviderRoutingBuilder builder, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(section);
        builder.Services.Configure<ProviderRoutingOptions>(builder.Name, options => RoutingSection.Apply(section, options));
        builder.Services.AddSingleton<IOptionsChangeTokenSource<ProviderRoutingOptions>>(new RoutingSectionChanges(builder.Name, section));
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
