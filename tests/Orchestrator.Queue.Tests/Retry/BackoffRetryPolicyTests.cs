using Orchestrator.Queue.Retry;

namespace Orchestrator.Queue.Tests.Retry;

public sealed class BackoffRetryPolicyTests
{
    private readonly TaskRetryOptions _options = new() { Jitter = RetryJitter.None };

    [Fact]
    public void Without_jitter_the_wait_doubles_up_to_the_longest()
    {
        var waits = Enumerable.Range(1, 11).Select(attempt => Decide(attempt).Delay.TotalSeconds);

        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300], waits);
    }

    [Fact]
    public void The_thousandth_attempt_waits_the_longest_time()
    {
        Assert.Equal(TimeSpan.FromMinutes(5), Decide(1000).Delay);
    }

    [Theory]
    [InlineData(0.0, 0)]
    [InlineData(0.5, 4)]
    public void Full_jitter_takes_a_part_of_the_doubled_wait(double random, double seconds)
    {
        _options.Jitter = RetryJitter.Full;

        Assert.Equal(seconds, Decide(4, random: () => random).Delay.TotalSeconds);
    }

    [Theory]
    [InlineData(0.0, 3, 1)]
    [InlineData(0.5, 2, 2)]
    [InlineData(0.5, 3, 3.5)]
    [InlineData(1.0, 3, 9)]
    [InlineData(1.0, 20, 300)]
    public void Decorrelated_jitter_lies_between_the_first_wait_and_three_times_the_one_before(double random, int attempt, double seconds)
    {
        _options.Jitter = RetryJitter.Decorrelated;

        Assert.Equal(seconds, Decide(attempt, random: () => random).Delay.TotalSeconds, 3);
    }

    [Fact]
    public void A_failure_that_is_not_retryable_is_not_tried_again()
    {
        Assert.Equal(new RetryDecision(false, TimeSpan.Zero), Decide(1, isRetryable: false));
    }

    [Fact]
    public void A_code_may_have_waits_of_its_own()
    {
        _options.Codes["rate_limited"] = new TaskRetryRule { Delay = TimeSpan.FromMinutes(1), MaxDelay = TimeSpan.FromMinutes(3) };

        Assert.Equal([1, 2, 3], Enumerable.Range(1, 3).Select(attempt => Decide(attempt, "rate_limited").Delay.TotalMinutes));
        Assert.Equal(TimeSpan.FromSeconds(1), Decide(1).Delay);
    }

    [Fact]
    public void A_code_may_be_given_up_earlier_or_tried_against_the_handlers_word()
    {
        _options.Codes["flaky"] = new TaskRetryRule { MaxAttempts = 2, Retryable = true };

        Assert.True(Decide(1, "flaky", isRetryable: false).IsRetryable);
        Assert.False(Decide(2, "flaky").IsRetryable);
        Assert.True(Decide(2).IsRetryable);
    }

    private RetryDecision Decide(int attempt, string code = "unavailable", bool isRetryable = true, Func<double>? random = null)
    {
        var task = new QueuedTask { Id = "t1", Queue = "default", Type = "test", Payload = "1", State = QueuedTaskState.Running, CreatedAt = DateTimeOffset.UnixEpoch, Attempt = attempt };
        return new BackoffRetryPolicy(_options, random ?? (() => 0)).Decide(task, new TaskFailure { Code = code, Message = "", Retryable = isRetryable });
    }
}
