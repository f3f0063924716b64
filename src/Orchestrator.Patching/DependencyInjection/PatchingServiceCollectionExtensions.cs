using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Auditing;
using Orchestrator.Patching;
using Orchestrator.Secrets;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the patch manager to an application.</summary>
public static class PatchingServiceCollectionExtensions
{
    /// <summary>Adds <see cref="IPatchManager"/>. Calling it twice is the same as calling it once; an <see cref="IPatchManager"/> that is already registered stays.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Changes the options; they are checked when the application starts.</param>
    /// <returns>A builder to carry on with.</returns>
    /// <remarks>
    /// An <see cref="ISecretRedactor"/> among the services makes the manager refuse patches that would bring a known secret into the tree; an <see cref="IOperationLog"/> keeps every
    /// application, refusal and reversal.
    /// </remarks>
    public static IPatchManagerBuilder AddPatchManager(this IServiceCollection services, Action<PatchOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PatchOptions>, PatchOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<PatchOptions>, RegisteredValidators>());
        var options = services.AddOptionsWithValidateOnStart<PatchOptions>();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddSingleton<IPatchManager>(static provider => new PatchManager(
            provider.GetRequiredService<IOptions<PatchOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ISecretRedactor>(),
            provider.GetService<ILogger<PatchManager>>(),
            provider.GetService<IOperationLog>()));
        return new Builder(Options.Options.DefaultName, services);
    }

    private sealed record Builder(string Name, IServiceCollection Services) : IPatchManagerBuilder;
}
