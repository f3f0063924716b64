using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orchestrator.Patching;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds to what the patch manager checks.</summary>
public static class PatchManagerBuilderExtensions
{
    /// <summary>Adds a validator, made once with the services that its constructor asks for. Adding a type twice is the same as adding it once.</summary>
    /// <typeparam name="TValidator">The validator.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <returns>The same builder.</returns>
    public static IPatchManagerBuilder AddValidator<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TValidator>(this IPatchManagerBuilder builder)
        where TValidator : class, IPatchValidator
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IPatchValidator, TValidator>());
        return builder;
    }

    /// <summary>Adds a validator. Its name must not be in use: the options are refused at start otherwise.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="validator">The validator.</param>
    /// <returns>The same builder.</returns>
    public static IPatchManagerBuilder AddValidator(this IPatchManagerBuilder builder, IPatchValidator validator)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(validator);
        builder.Services.AddSingleton(validator);
        return builder;
    }
}
