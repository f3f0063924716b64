namespace Orchestrator.Routing;

/// <summary>How often and how long the family tries. There is no other retry loop.</summary>
public sealed class AttemptOptions
{
    /// <summary>Attempts at one task over all providers, from 1 to 64.</summary>
    /// <value>4 by default.</value>
    public int MaxAttempts { get; set; } = 4;

    /// <summary>Further attempts of the same provider after a failure that may pass by itself, from 0 to 10.</summary>
    /// <value>1 by default.</value>
    public int RetriesOfSameProvider { get; set; } = 1;

    /// <summary>How long is waited before the same provider is tried again; doubled each time, up to a quarter is added by chance. From 0 to 1 hour.</summary>
    /// <value>2 seconds by default.</value>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>A wait that a provider asks for and that is at most this long is waited for when there is nobody else; from 0 to 1 hour.</summary>
    /// <value>30 seconds by default.</value>
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Retries and fallbacks may be this share of all first attempts, from 0 to 1, so that an outage is not made worse; <see cref="FreeRetries"/> come on top.</summary>
    /// <value>0.2 by default.</value>
    public double RetryShare { get; set; } = 0.2;

    /// <summary>Retries that are allowed in every minute whatever the traffic, from 0 to 10,000.</summary>
    /// <value>20 by default.</value>
    public int FreeRetries { get; set; } = 20;

    /// <summary>After how long a task that allows hedging gets a second provider; <see langword="null"/> for the learned duration and two standard deviations. From 1 millisecond to 1 day.</summary>
    public TimeSpan? HedgeDelay { get; set; }

    /// <summary>Hedges may be this share of all first attempts, from 0 to 1; one a minute is always allowed. Races, which a task asks for by name, are not limited.</summary>
    /// <value>0.05 by default.</value>
    public double HedgeShare { get; set; } = 0.05;
}
