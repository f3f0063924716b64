using Microsoft.Extensions.Options;
using Orchestrator;
using Orchestrator.Providers.Command;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Reports everything that is wrong with a command provider's settings.</summary>
internal sealed class CommandProviderOptionsValidator : IValidateOptions<CommandProviderOptions>
{
    public ValidateOptionsResult Validate(string? name, CommandProviderOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        if (string.IsNullOrWhiteSpace(options.Executable))
        {
            errors.AddError($"Provider '{name}': {nameof(options.Executable)} must name a program.");
        }

        foreach (var secret in options.SecretNames.Where(secret => !Identifiers.IsName(secret)))
        {
            errors.AddError($"Provider '{name}': {nameof(options.SecretNames)} holds '{secret}', which is not a valid name.");
        }

        foreach (var variable in options.Environment.Keys.Where(variable => variable.Length == 0 || variable.Contains('=', StringComparison.Ordinal)))
        {
            errors.AddError($"Provider '{name}': {nameof(options.Environment)} holds '{variable}', which is not a variable's name.");
        }

        foreach (var capability in options.Capabilities.Where(capability => !Identifiers.IsName(capability)))
        {
            errors.AddError($"Provider '{name}': {nameof(options.Capabilities)} holds '{capability}', which is not a valid name.");
        }

        if (options.PricePerTaskUsd < 0)
        {
            errors.AddError($"Provider '{name}': {nameof(options.PricePerTaskUsd)} must not be negative.");
        }

        if (options.MaxOutputLines < 0)
        {
            errors.AddError($"Provider '{name}': {nameof(options.MaxOutputLines)} must not be negative.");
        }

        if (options.TimeLimits is null)
        {
            errors.AddError($"Provider '{name}': {nameof(options.TimeLimits)} must be set.");
        }

        return errors.Build();
    }
}
