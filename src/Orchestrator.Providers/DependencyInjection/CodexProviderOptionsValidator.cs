using Microsoft.Extensions.Options;
using Orchestrator;
using Orchestrator.Providers.Cli.Codex;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Reports everything that is wrong with the Codex provider's settings.</summary>
internal sealed class CodexProviderOptionsValidator : IValidateOptions<CodexProviderOptions>
{
    public ValidateOptionsResult Validate(string? name, CodexProviderOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        if (string.IsNullOrWhiteSpace(options.Executable))
        {
            errors.AddError($"Provider '{name}': {nameof(options.Executable)} must name a program.");
        }

        if (!Uri.TryCreate(options.BaseUrl, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0)
        {
            errors.AddError($"Provider '{name}': {nameof(options.BaseUrl)} must be an absolute http or https address without a user or password.");
        }

        if (!Identifiers.IsName(options.ApiKeySecret))
        {
            errors.AddError($"Provider '{name}': {nameof(options.ApiKeySecret)} must name a secret.");
        }

        if (options.PricePerTaskUsd < 0)
        {
            errors.AddError($"Provider '{name}': {nameof(options.PricePerTaskUsd)} must not be negative.");
        }

        if (options.TimeLimits is null)
        {
            errors.AddError($"Provider '{name}': {nameof(options.TimeLimits)} must be set.");
        }

        return errors.Build();
    }
}
