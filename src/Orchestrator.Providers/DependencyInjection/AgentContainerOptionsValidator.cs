using Microsoft.Extensions.Options;
using Orchestrator.Providers.Containers;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Reports everything that is wrong with the settings of containers for agents.</summary>
internal sealed class AgentContainerOptionsValidator : IValidateOptions<AgentContainerOptions>
{
    public ValidateOptionsResult Validate(string? name, AgentContainerOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        if (!Orchestrator.Identifiers.IsName(options.Pool))
        {
            errors.AddError($"{nameof(options.Pool)} must name a pool.");
        }

        if (!Path.IsPathFullyQualified(options.Directory) || Path.GetFileName(options.Directory) != ContainerShare.Placeholder)
        {
            errors.AddError($"{nameof(options.Directory)} must be an absolute path whose last part is {ContainerShare.Placeholder}.");
        }

        if (options.AcquireTimeout < TimeSpan.Zero || options.AcquireTimeout > TimeSpan.FromDays(1))
        {
            errors.AddError($"{nameof(options.AcquireTimeout)} must be from zero to 1 day.");
        }

        if (options.Forwarder is not { Count: > 0 } || options.Forwarder.Any(string.IsNullOrEmpty))
        {
            errors.AddError($"{nameof(options.Forwarder)} must name a program and its arguments.");
        }

        if (string.IsNullOrEmpty(options.ForwarderReady))
        {
            errors.AddError($"{nameof(options.ForwarderReady)} must hold some text.");
        }

        if (options.Port is < 1 or > 65_535)
        {
            errors.AddError($"{nameof(options.Port)} must be from 1 to 65535.");
        }

        return errors.Build();
    }
}
