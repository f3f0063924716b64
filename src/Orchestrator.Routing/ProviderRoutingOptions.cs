using System.Diagnostics.CodeAnalysis;

namespace Orchestrator.Routing;

/// <summary>Settings of the router. Checked at start; every error is reported at once.</summary>
/// <remarks>The router reads them into an immutable snapshot; a reload of the configuration replaces that snapshot.</remarks>
public sealed class ProviderRoutingOptions
{
    /// <summary>Overrides by provider name, in any case. A name that no provider has is an error.</summary>
    /// <value>Empty by default: every provider is enabled and taken at its own word.</value>
    [SuppressMessage("Usage", "CA2227:Collection properties should be read only", Justification = "Options are set by the host, also as a whole.")]
    public IDictionary<string, ProviderSettings> Providers { get; set; } = new Dictionary<string, ProviderSettings>(StringComparer.OrdinalIgnoreCase);

    /// <summary>What a failed attempt costs beside its price, in US dollars: the trouble of doing it again. 0 or more.</summary>
    /// <value>0.50 by default.</value>
    public decimal RetryCostUsd { get; set; } = 0.50m;

    /// <summary>What an hour of waiting costs at priority 0, in US dollars. Priority 100 makes it four times as much, -100 a quarter. 0 or more.</summary>
    /// <value>2.00 by default.</value>
    public decimal ValueOfTimeUsdPerHour { get; set; } = 2.00m;

    /// <summary>How much dearer a provider that offers the preferred model may be, in US dollars. 0 or more.</summary>
    /// <value>0.25 by default.</value>
    public decimal PreferredModelBonusUsd { get; set; } = 0.25m;

    /// <summary>Input tokens of a task whose size nobody estimated; used to price providers that charge for tokens. 0 or more.</summary>
    /// <value>40,000 by default.</value>
    public long TypicalInputTokens { get; set; } = 40_000;

    /// <summary>Output tokens of a task; used to price providers that charge for tokens. 0 or more.</summary>
    /// <value>4,000 by default.</value>
    public long TypicalOutputTokens { get; set; } = 4_000;

    /// <summary>How many fallbacks a decision names at most, from 0 to 63.</summary>
    /// <value>15 by default.</value>
    public int MaxFallbacks { get; set; } = 15;

    /// <summary>How long a health check may take before the provider counts as unhealthy; from 1 millisecond to 10 minutes.</summary>
    /// <value>15 seconds by default.</value>
    public TimeSpan HealthCheckTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long an unhealthy verdict holds when no newer one comes; from 1 second to 1 day.</summary>
    /// <value>5 minutes by default.</value>
    public TimeSpan HealthCheckValidity { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>When a provider that fails is left alone, and for how long.</summary>
    public CircuitBreakerOptions Breaker { get; set; } = new();

    /// <summary>The seed of the jitter of back-offs; set it to make runs repeatable.</summary>
    /// <value><see langword="null"/> by default: a random seed at start, so that many processes do not come back at the same moment.</value>
    public ulong? Seed { get; set; }
}
