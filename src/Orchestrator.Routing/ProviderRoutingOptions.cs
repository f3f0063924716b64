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

    /// <summary>
    /// Whether the <see cref="Catalogue.ProviderCatalog"/> fills in what neither these settings nor a provider itself says of the well-known agents: what they can do, which sources they serve,
    /// how long they take.
    /// </summary>
    /// <value><see langword="true"/> by default.</value>
    public bool UseCatalogue { get; set; } = true;

    /// <summary>
    /// Whether only providers with an <see cref="Orchestrator.Providers.IAgentProvider"/> may be chosen. Off for a host that carries out tasks itself and registers descriptions of its providers
    /// alone; the main job of Orchestrator.Hosting sets it, because nobody there could carry such a task out.
    /// </summary>
    /// <value><see langword="false"/> by default.</value>
    public bool RequireAgents { get; set; }

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

    /// <summary>How a provider is chosen among the eligible ones: <c>best</c>, <c>weighted</c>, <c>power-of-two-choices</c>, <c>tiers</c>, <c>thompson</c>, or the name of a policy that the host added.</summary>
    /// <value><c>best</c> by default.</value>
    public string Policy { get; set; } = "best";

    /// <summary>How much dearer a provider with a preferred tag may be, in US dollars for each tag. 0 or more.</summary>
    /// <value>0.10 by default.</value>
    public decimal PreferredTagBonusUsd { get; set; } = 0.10m;

    /// <summary>The label that names a task's tenant, for budgets.</summary>
    /// <value><c>tenant</c> by default.</value>
    public string TenantLabel { get; set; } = "tenant";

    /// <summary>Rules, of which the first that matches decides.</summary>
    [SuppressMessage("Usage", "CA2227:Collection properties should be read only", Justification = "Options are set by the host, also as a whole.")]
    public IList<RoutingRule> Rules { get; set; } = [];

    /// <summary>A/B tests and canaries.</summary>
    [SuppressMessage("Usage", "CA2227:Collection properties should be read only", Justification = "Options are set by the host, also as a whole.")]
    public IList<RoutingExperiment> Experiments { get; set; } = [];

    /// <summary>Caps on money and tokens, at most 32.</summary>
    [SuppressMessage("Usage", "CA2227:Collection properties should be read only", Justification = "Options are set by the host, also as a whole.")]
    public IList<RoutingBudget> Budgets { get; set; } = [];

    /// <summary>Whether tasks of one session stay with one provider.</summary>
    public StickyOptions Sticky { get; set; } = new();

    /// <summary>How the router learns from verified outcomes.</summary>
    public LearningOptions Learning { get; set; } = new();

    /// <summary>How often and how long the family tries.</summary>
    public AttemptOptions Attempts { get; set; } = new();

    /// <summary>Health checks that run by themselves.</summary>
    public ActiveHealthOptions ActiveHealth { get; set; } = new();

    /// <summary>Whether decisions are kept with what is needed to replay them, when the host has an <see cref="Orchestrator.Routing.Decisions.IRoutingDecisionLog"/>.</summary>
    /// <value><see langword="true"/> by default.</value>
    public bool RecordDecisions { get; set; } = true;

    /// <summary>How often what changed is saved to a state store that lasts, and its balances are read again; from 100 milliseconds to 1 hour. Reservations are written at once.</summary>
    /// <value>5 seconds by default.</value>
    public TimeSpan StateSaveInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The seed of the jitter of back-offs; set it to make runs repeatable.</summary>
    /// <value><see langword="null"/> by default: a random seed at start, so that many processes do not come back at the same moment.</value>
    public ulong? Seed { get; set; }

    /// <summary>What could not be read from a configuration section. Kept until the validator reports it, together with everything else that is wrong.</summary>
    internal List<string> ReadErrors { get; } = [];
}
