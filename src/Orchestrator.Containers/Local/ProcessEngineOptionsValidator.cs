using Microsoft.Extensions.Options;

namespace Orchestrator.Containers.Local;

/// <summary>The rules of <see cref="ProcessEngineOptions"/>; tells every broken one.</summary>
internal sealed class ProcessEngineOptionsValidator : IValidateOptions<ProcessEngineOptions>
{
    private const long MinLogBytes = 64 * 1024;
    private static readonly TimeSpan MinPoll = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan MaxPoll = TimeSpan.FromMinutes(1);

    public ValidateOptionsResult Validate(string? name, ProcessEngineOptions options)
    {
        var errors = new List<string>();
        if (string.IsNullOrWhiteSpace(options.StateDirectory) || !Path.IsPathFullyQualified(options.StateDirectory))
        {
            errors.Add($"{nameof(options.StateDirectory)} must be an absolute path; it is '{options.StateDirectory}'.");
        }

        if (options.MaxLogBytes < MinLogBytes)
        {
            errors.Add($"{nameof(options.MaxLogBytes)} must be at least {MinLogBytes}; it is {options.MaxLogBytes}.");
        }

        if (options.PollInterval < MinPoll || options.PollInterval > MaxPoll)
        {
            errors.Add($"{nameof(options.PollInterval)} must be between {MinPoll} and {MaxPoll}; it is {options.PollInterval}.");
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
