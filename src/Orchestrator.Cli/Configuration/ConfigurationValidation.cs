using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Orchestrator.Cli.Configuration;

/// <summary>Asks every part whether its options are in range, and collects what all of them say.</summary>
internal static class ConfigurationValidation
{
    /// <summary>What is wrong; empty when nothing is.</summary>
    public static IReadOnlyList<string> ErrorsOf(IServiceProvider services)
    {
        try
        {
            services.GetRequiredService<IStartupValidator>().Validate();
            return [];
        }
        catch (OptionsValidationException error)
        {
            return [.. error.Failures];
        }
        catch (AggregateException errors) when (errors.InnerExceptions.All(error => error is OptionsValidationException))
        {
            // More than one part complains.
            return [.. errors.InnerExceptions.Cast<OptionsValidationException>().SelectMany(error => error.Failures)];
        }
    }
}
