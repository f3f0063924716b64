using Microsoft.Extensions.Options;
using Orchestrator.Providers.Workspaces;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Reports everything that is wrong with the workspaces' settings.</summary>
internal sealed class WorkspaceOptionsValidator : IValidateOptions<WorkspaceOptions>
{
    public ValidateOptionsResult Validate(string? name, WorkspaceOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        if (string.IsNullOrWhiteSpace(options.Directory))
        {
            errors.AddError($"{nameof(options.Directory)} must name a directory.");
        }

        if (string.IsNullOrWhiteSpace(options.GitExecutable))
        {
            errors.AddError($"{nameof(options.GitExecutable)} must name the git program.");
        }

        if (options.GitTimeLimit < TimeSpan.FromSeconds(1) || options.GitTimeLimit > TimeSpan.FromDays(1))
        {
            errors.AddError($"{nameof(options.GitTimeLimit)} must be from 1 second to 1 day.");
        }

        if (options.MaxChangesBytes < 1024)
        {
            errors.AddError($"{nameof(options.MaxChangesBytes)} must be at least 1024.");
        }

        return errors.Build();
    }
}
