using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orchestrator.Secrets;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds places where secrets are found, beside the environment, which is always asked. <see cref="SecretResolver"/> says in which order.</summary>
public static class SecretsBuilderExtensions
{
    /// <summary>The section of configuration that holds secrets when none is named.</summary>
    public const string ConfigurationSection = "Orchestrator:Secrets";

    /// <summary>Adds a provider of the host's own. It is asked before all others.</summary>
    /// <typeparam name="TProvider">The provider; a singleton.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <returns>The builder.</returns>
    public static IAgentProvidersBuilder AddSecretProvider<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TProvider>(this IAgentProvidersBuilder builder)
        where TProvider : class, ISecretProvider
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<ISecretProvider, TProvider>());
        return builder;
    }

    /// <summary>Adds a section of the host's <see cref="IConfiguration"/>, user secrets included. Its keys are the names of secrets. Adding it again changes nothing.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="section">The section.</param>
    /// <returns>The builder.</returns>
    /// <remarks>Opt-in, because configuration often stands in files that are checked in: keep values in user secrets or a vault.</remarks>
    public static IAgentProvidersBuilder AddConfigurationSecrets(this IAgentProvidersBuilder builder, string section = ConfigurationSection)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(section);
        return builder.AddSource(
            new Source("configuration", section),
            provider => new ConfigurationSecretProvider(
                provider.GetService<IConfiguration>() ?? throw new InvalidOperationException("AddConfigurationSecrets needs an IConfiguration among the services, as every host has."), section));
    }

    /// <summary>Adds a file of lines <c>NAME=value</c> that only this user can read, see <see cref="FileSecretProvider"/>. Adding it again changes nothing.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="path">The file; a leading <c>~/</c> is the user's home.</param>
    /// <returns>The builder.</returns>
    public static IAgentProvidersBuilder AddSecretFile(this IAgentProvidersBuilder builder, string path)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var provider = new FileSecretProvider(path);
        return builder.AddSource(new Source("file", provider.Path), _ => provider);
    }

    /// <summary>Adds a mounted directory with one file a secret, see <see cref="DirectorySecretProvider"/>. Adding it again changes nothing.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="path">The directory; a leading <c>~/</c> is the user's home.</param>
    /// <returns>The builder.</returns>
    public static IAgentProvidersBuilder AddSecretDirectory(this IAgentProvidersBuilder builder, string path = DirectorySecretProvider.DefaultPath)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var provider = new DirectorySecretProvider(path);
        return builder.AddSource(new Source("directory", provider.Path), _ => provider);
    }

    private static IAgentProvidersBuilder AddSource(this IAgentProvidersBuilder builder, Source source, Func<IServiceProvider, ISecretProvider> create)
    {
        if (!builder.Services.Any(service => source.Equals(service.ImplementationInstance)))
        {
            builder.Services.AddSingleton(source);
            builder.Services.AddSingleton(create);
        }

        return builder;
    }

    private sealed record Source(string Kind, string Place);
}
