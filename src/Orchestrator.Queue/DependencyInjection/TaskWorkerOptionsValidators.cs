using Microsoft.Extensions.Options;
using Orchestrator.Queue.Workers;

namespace Orchestrator.Queue.DependencyInjection;

/// <summary>The rules that attributes say.</summary>
[OptionsValidator]
internal sealed partial class TaskWorkerOptionsValidator : IValidateOptions<TaskWorkerOptions>;

/// <summary>The rules that attributes cannot say.</summary>
internal sealed class TaskWorkerOptionsRulesValidator : IValidateOptions<TaskWorkerOptions>
{
    public ValidateOptionsResult Validate(string? name, TaskWorkerOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        result.AddRangeError(options.LeaseDuration, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), nameof(TaskWorkerOptions.LeaseDuration));
        result.AddRangeError(options.PollInterval, TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1), nameof(TaskWorkerOptions.PollInterval));
        result.AddRangeError(options.ShutdownTimeout, TimeSpan.Zero, TimeSpan.FromDays(1), nameof(TaskWorkerOptions.ShutdownTimeout));
        foreach (var type in options.Types.Where(type => !Identifiers.IsName(type)))
        {
            result.AddError($"holds '{type}', which is no type of task.", nameof(TaskWorkerOptions.Types));
        }

        if (!string.IsNullOrEmpty(options.Queue) && !Identifiers.IsName(options.Queue))
        {
            result.AddError($"must be 1 to {Identifiers.MaxLength} ASCII letters, digits, '.', '_' or '-'.", nameof(TaskWorkerOptions.Queue));
        }

        if (options.OnlyTaskId is { } task && !Identifiers.IsName(task))
        {
            result.AddError("must be a task's identity, or be left unset.", nameof(TaskWorkerOptions.OnlyTaskId));
        }

        return result.Build();
    }
}
