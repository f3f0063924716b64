using Microsoft.Extensions.Options;
using Orchestrator.Queue.DependencyInjection;

namespace Orchestrator.Queue.Schedules;

/// <summary>The ranges of durations.</summary>
internal sealed class TaskScheduleOptionsValidator : IValidateOptions<TaskScheduleOptions>
{
    public ValidateOptionsResult Validate(string? name, TaskScheduleOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        result.AddRangeError(options.PollInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1), nameof(TaskScheduleOptions.PollInterval));
        result.AddRangeError(options.MisfireTolerance, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), nameof(TaskScheduleOptions.MisfireTolerance));
        return result.Build();
    }
}
