using Microsoft.Extensions.Options;

namespace Orchestrator.Queue.DependencyInjection;

/// <summary>The rules that attributes say.</summary>
[OptionsValidator]
internal sealed partial class TaskQueueOptionsValidator : IValidateOptions<TaskQueueOptions>;

/// <summary>The rules that attributes cannot say.</summary>
internal sealed class TaskQueueOptionsRulesValidator : IValidateOptions<TaskQueueOptions>
{
    public ValidateOptionsResult Validate(string? name, TaskQueueOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        result.AddRangeError(options.WaitPollInterval, TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1), nameof(TaskQueueOptions.WaitPollInterval));
        result.AddRangeError(options.MaxRetryDelay, TimeSpan.Zero, TimeSpan.FromDays(7), nameof(TaskQueueOptions.MaxRetryDelay));
        result.AddRangeError(options.RetryDelay, TimeSpan.Zero, options.MaxRetryDelay, nameof(TaskQueueOptions.RetryDelay));
        if (options.PresenceDirectory is { } directory && string.IsNullOrWhiteSpace(directory))
        {
            result.AddError("must name a directory, or be left unset.", nameof(TaskQueueOptions.PresenceDirectory));
        }

        return result.Build();
    }
}
