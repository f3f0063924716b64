namespace Orchestrator.Routing;

/// <summary>When a provider that fails is left alone, and for how long.</summary>
public sealed class CircuitBreakerOptions
{
    /// <summary>How many failures in a row open the breaker, from 1 to 1000. This also catches a lone provider with little traffic.</summary>
    /// <value>3 by default.</value>
    public int FailureThreshold { get; set; } = 3;

    /// <summary>The share of failures among the attempts of the last <see cref="Window"/> that opens the breaker, above 0 and at most 1.</summary>
    /// <value>0.5 by default.</value>
    public double FailureRatio { get; set; } = 0.5;

    /// <summary>The ratio counts only from this many attempts in the window on, from 1 to 10,000.</summary>
    /// <value>10 by default.</value>
    public int MinimumAttempts { get; set; } = 10;

    /// <summary>The window of the ratio, from 1 second to 1 day; kept in ten buckets.</summary>
    /// <value>10 minutes by default.</value>
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long the breaker stays open the first time; it doubles each time a probe fails. Up to a quarter is added at random. From 1 millisecond to 1 day.</summary>
    /// <value>30 seconds by default.</value>
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest time it stays open for ordinary failures; at least <see cref="BreakDuration"/>, at most 7 days.</summary>
    /// <value>5 minutes by default.</value>
    public TimeSpan MaxBreakDuration { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long it stays open after a refused key, which opens it at once; from 1 millisecond to 7 days.</summary>
    /// <value>15 minutes by default.</value>
    public TimeSpan FatalBreakDuration { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a provider with a used-up quota is left alone when it does not say itself; from 1 millisecond to 7 days.</summary>
    /// <value>1 hour by default.</value>
    public TimeSpan QuotaDelay { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long a rate-limited provider is left alone when it does not say itself; from 1 millisecond to 7 days.</summary>
    /// <value>1 minute by default.</value>
    public TimeSpan RateLimitDelay { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long one probe of a half-open breaker keeps others out when nothing is heard of it; from 1 millisecond to 1 day.</summary>
    /// <value>10 minutes by default.</value>
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromMinutes(10);
}
