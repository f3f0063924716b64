using Microsoft.Extensions.Options;

namespace Orchestrator.Patching;

/// <summary>Brings the validators among the services into the options.</summary>
internal sealed class RegisteredValidators(IEnumerable<IPatchValidator> validators) : IConfigureOptions<PatchOptions>
{
    public void Configure(PatchOptions options)
    {
        foreach (var validator in validators)
        {
            options.Validators.Add(validator);
        }
    }
}
