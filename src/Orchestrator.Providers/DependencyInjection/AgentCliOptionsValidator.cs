using Microsoft.Extensions.Options;
using Orchestrator;
using Orchestrator.Providers.Cli;
using Orchestrator.Secrets;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Reports everything that is wrong with the settings of an agent CLI.</summary>
internal sealed class AgentCliOptionsValidator(IEnumerable<ProviderRegistration> registrations) : IValidateOptions<AgentCliOptions>
{
    public ValidateOptionsResult Validate(string? name, AgentCliOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        if (options.Executable is not null && string.IsNullOrWhiteSpace(options.Executable))
        {
            errors.AddError($"Provider '{name}': {nameof(options.Executable)} must name a program.");
        }

        ValidateBaseUrl(name, options, errors);
        if (options.ApiKeySecret is not null && (!Identifiers.IsName(options.ApiKeySecret) || SecretPatterns.Find(options.ApiKeySecret) is not null))
        {
            errors.AddError($"Provider '{name}': {nameof(options.ApiKeySecret)} must name a secret, never be the key itself.");
        }

        if (options.MaxTurns < 1)
        {
            errors.AddError($"Provider '{name}': {nameof(options.MaxTurns)} must be at least 1.");
        }

        if (options.MaxTurns is not null && ProfileOf(name) is { LimitsTurns: false } unlimited)
        {
            errors.AddError($"Provider '{name}': {nameof(options.MaxTurns)} cannot be set, since {unlimited.Title} has no limit of turns: leave it out; {nameof(options.TimeLimits)} and a task's budget end what goes on too long.");
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

    private void ValidateBaseUrl(string? name, AgentCliOptions options, ValidateOptionsResultBuilder errors)
    {
        if (options.BaseUrl is null)
        {
            return;
        }

        if (!Uri.TryCreate(options.BaseUrl, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0)
        {
            errors.AddError($"Provider '{name}': {nameof(options.BaseUrl)} must be an absolute http or https address without a user or password.");
        }

        if (ProfileOf(name) is not { BaseUrl: null } profile)
        {
            return;
        }

        if (profile.Protocol is null)
        {
            errors.AddError($"Provider '{name}': {nameof(options.BaseUrl)} cannot be set, since {profile.Title} takes no address: leave it out.");
            return;
        }

        if (options.ApiKeySecret is null)
        {
            // Its usual key is for its usual servers.
            errors.AddError($"Provider '{name}': {nameof(options.ApiKeySecret)} must name the key of the address in {nameof(options.BaseUrl)}.");
        }

        if (string.IsNullOrWhiteSpace(options.Model) && options.Models.Count == 0)
        {
            errors.AddError($"Provider '{name}': {nameof(options.Model)} must name a model that the address in {nameof(options.BaseUrl)} serves, since {profile.Title} has none of its own for it.");
        }
    }

    private AgentCliProfile? ProfileOf(string? name) =>
        registrations.FirstOrDefault(registration => registration.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } known ? AgentCliProfiles.Find(known.Kind) : null;
}
