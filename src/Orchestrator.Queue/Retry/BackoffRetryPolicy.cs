namespace Orchestrator.Queue.Retry;

/// <summary>Waits that grow with every attempt, with rules by the code of the failure.</summary>
/// <param name="options">The rules.</param>
/// <param name="random">Numbers from 0 up to 1.</param>
internal sealed class BackoffRetryPolicy(TaskRetryOptions options, Func<double> random) : IRetryPolicy
{
    private const int MaxDoublings = 60;
    private const double DecorrelatedGrowth = 3;

    public RetryDecision Decide(QueuedTask task, TaskFailure failure)
    {
        var rule = options.Codes.TryGetValue(failure.Code, out var found) ? found : null;
        var isRetryable = (rule?.Retryable ?? failure.Retryable) && (rule?.MaxAttempts is not { } most || task.Attempt < most);
        return new RetryDecision(isRetryable, isRetryable ? Delay(task.Attempt, rule) : TimeSpan.Zero);
    }

    private TimeSpan Delay(int attempt, TaskRetryRule? rule)
    {
        var longest = (rule?.MaxDelay ?? options.MaxDelay).TotalMilliseconds;
        var first = Math.Min((rule?.Delay ?? options.Delay).TotalMilliseconds, longest);
        var retries = Math.Clamp(attempt - 1, 0, MaxDoublings);
        var doubled = Math.Min(first * Math.Pow(2, retries), longest);
        return TimeSpan.FromMilliseconds(options.Jitter switch
        {
            RetryJitter.None => doubled,
            RetryJitter.Full => doubled * random(),
            _ => Decorrelated(first, longest, retries),
        });
    }

    // Nobody remembers the waits before: they are drawn again, which gives a wait of the same distribution.
    private double Decorrelated(double first, double longest, int retries)
    {
        var wait = first;
        for (var i = 0; i < retries; i++)
        {
            wait = Math.Min(first + (((wait * DecorrelatedGrowth) - first) * random()), longest);
        }

        return wait;
    }
}
