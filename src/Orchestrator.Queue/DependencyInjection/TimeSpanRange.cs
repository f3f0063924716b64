using Microsoft.Extensions.Options;

namespace Orchestrator.Queue.DependencyInjection;

/// <summary>Ranges of durations; the attribute for them breaks trimming.</summary>
internal static class TimeSpanRange
{
    public static void AddRangeError(this ValidateOptionsResultBuilder result, TimeSpan value, TimeSpan minimum, TimeSpan maximum, string property)
    {
        if (value < minimum || value > maximum)
        {
            result.AddError($"is {value}; it must be from {minimum} to {maximum}.", property);
        }
    }
}
