using Microsoft.Extensions.Options;
using Orchestrator.Containers.Leasing;

namespace Orchestrator.Containers.Pools;

/// <summary>Checks the settings of a pool that is configured by itself, under its name.</summary>
internal sealed class ContainerPoolOptionsValidator(IEnumerable<IInstanceSelectionPolicy> policies) : IValidateOptions<ContainerPoolOptions>
{
    public ValidateOptionsResult Validate(string? name, ContainerPoolOptions options)
    {
        var errors = new PoolErrors();
        PoolChecks.Check(options, string.IsNullOrEmpty(name) ? "Pool" : $"Pools:{name}", [.. policies.Select(policy => policy.Name)], errors);
        return errors.All.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors.All);
    }
}
