using Microsoft.Extensions.Options;
using Orchestrator;
using Orchestrator.Providers.Command;
using Orchestrator.Providers.Command.Output;

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

        CheckOutput(name, options, errors);
        return errors.Build();
    }

    private static void CheckOutput(string? name, CommandProviderOptions options, ValidateOptionsResultBuilder errors)
    {
        if (!Enum.IsDefined(options.Output))
        {
            errors.AddError($"Provider '{name}': {nameof(options.Output)} is {options.Output}, which is no format.");
        }

        if (options.Mapping is not { } mapping)
        {
            errors.AddError($"Provider '{name}': {nameof(options.Mapping)} must be set.");
            return;
        }

        foreach (var (setting, rule) in mapping.Rules().Where(static setting => JsonRule.TryParse(setting.Rule) is null))
        {
            errors.AddError($"Provider '{name}': {nameof(options.Mapping)}.{setting} is '{rule}'; write it as '/path/to/member' or '/path/to/member when /other/member=value'.");
        }

        if (mapping.LastLine is { } conditions && JsonCondition.TryParseAll(conditions) is null)
        {
            errors.AddError($"Provider '{name}': {nameof(options.Mapping)}.{nameof(mapping.LastLine)} is '{conditions}'; write it as '/path/to/member=value', joined by ' and '.");
        }

        if (options.Output != CommandOutputFormat.JsonLines && (mapping.LastLine is not null || mapping.Rules().Any()))
        {
            errors.AddError($"Provider '{name}': {nameof(options.Mapping)} is used only when {nameof(options.Output)} is {nameof(CommandOutputFormat.JsonLines)}.");
        }
    }
}
