using Microsoft.Extensions.Options;
using Orchestrator.Queue.DependencyInjection;

namespace Orchestrator.Queue.Retention;

/// <summary>The ranges of durations.</summary>
internal sealed class TaskRetentionOptionsValidator : IValidateOptions<TaskRetentionOptions>
{
    public ValidateOptionsResult Validate(string? name, TaskRetentionOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        result.AddRangeError(options.Interval, TimeSpan.FromMinutes(1), TimeSpan.FromDays(7), nameof(TaskRetentionOptions.Interval));
        if (options.Policy is not { } policy)
        {
            result.AddError("must be given; a time that is null keeps for ever.", nameof(TaskRetentionOptions.Policy));
            return result.Build();
        }

        Check(policy.Completed, nameof(policy.Completed));
        Check(policy.Cancelled, nameof(policy.Cancelled));
        Check(policy.Discarded, nameof(policy.Discarded));
        Check(policy.Executions, nameof(policy.Executions));
        Check(policy.RoutingDecisions, nameof(policy.RoutingDecisions));
        Check(policy.RoutingBudgets, nameof(policy.RoutingBudgets));
        Check(policy.RoutingState, nameof(policy.RoutingState));
        Check(policy.Containers, nameof(policy.Containers));
        return result.Build();

        void Check(TimeSpan? kept, string property)
        {
            if (kept < TimeSpan.Zero)
            {
                result.AddError($"is {kept}; it must be zero or longer, or null to keep for ever.", $"{nameof(TaskRetentionOptions.Policy)}.{property}");
            }
        }
    }
}
