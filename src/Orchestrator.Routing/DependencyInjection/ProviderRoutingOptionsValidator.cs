using Microsoft.Extensions.Options;
using Orchestrator.Providers;
using Orchestrator.Routing.Registration;
using Orchestrator.Routing.Validation;

namespace Orchestrator.Routing.DependencyInjection;

/// <summary>Checks the settings against each other and against what is registered, and reports every error.</summary>
internal sealed class ProviderRoutingOptionsValidator(IEnumerable<IAgentProvider> agents, IEnumerable<DescribedProvider> described, IEnumerable<ISelectionPolicy> policies)
    : IValidateOptions<ProviderRoutingOptions>
{
    public ValidateOptionsResult Validate(string? name, ProviderRoutingOptions options)
    {
        var errors = RoutingValidator.FindErrors(options, new ProviderRoster(agents, described.Select(provider => provider.Descriptor), policies));
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
