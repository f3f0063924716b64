using Microsoft.Extensions.Options;
using Orchestrator.Queue.Retry;

namespace Orchestrator.Queue.DependencyInjection;

/// <summary>The rules that attributes say.</summary>
[OptionsValidator]
internal sealed partial class TaskQueueOptionsValidator : IValidateOptions<TaskQueueOptions>;

/// <summary>The rules that attributes cannot say.</summary>
internal sealed class TaskQueueOptionsRulesValidator : IValidateOptions<TaskQueueOptions>
{
    private const string Retry = nameof(TaskQueueOptions.Retry);

    public ValidateOptionsResult Validate(string? name, TaskQueueOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        result.AddRangeError(options.WaitPollInterval, TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1), nameof(TaskQueueOptions.WaitPollInterval));
        ValidateRetry(options.Retry, result);
        if (options.PresenceDirectory is { } directory && string.IsNullOrWhiteSpace(directory))
        {
            result.AddError("must name a directory, or be left unset.", nameof(TaskQueueOptions.PresenceDirectory));
        }

        return result.Build();
    }

    private static void ValidateRetry(TaskRetryOptions retry, ValidateOptionsResultBuilder result)
    {
        result.AddRangeError(retry.MaxDelay, TimeSpan.Zero, TimeSpan.FromDays(7), $"{Retry}.{nameof(TaskRetryOptions.MaxDelay)}");
        result.AddRangeError(retry.Delay, TimeSpan.Zero, retry.MaxDelay, $"{Retry}.{nameof(TaskRetryOptions.Delay)}");
        if (!Enum.IsDefined(retry.Jitter))
        {
            result.AddError("is no known jitter.", $"{Retry}.{nameof(TaskRetryOptions.Jitter)}");
        }

        foreach (var (code, rule) in retry.Codes)
        {
            var place = $"{Retry}.{nameof(TaskRetryOptions.Codes)}[{code}]";
            if (!Identifiers.IsName(code))
            {
                result.AddError("is no code of a failure.", place);
            }

            if (rule.MaxAttempts is < 1 or > 1000)
            {
                result.AddError("must be from 1 to 1000.", $"{place}.{nameof(TaskRetryRule.MaxAttempts)}");
            }

            var longest = rule.MaxDelay ?? retry.MaxDelay;
            result.AddRangeError(longest, TimeSpan.Zero, TimeSpan.FromDays(7), $"{place}.{nameof(TaskRetryRule.MaxDelay)}");
            result.AddRangeError(rule.Delay ?? TimeSpan.Zero, TimeSpan.Zero, longest, $"{place}.{nameof(TaskRetryRule.Delay)}");
        }
    }
}
