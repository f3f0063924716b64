using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Orchestrator.Providers;
using Orchestrator.Routing.DependencyInjection;
using Orchestrator.Routing.Health;
using Orchestrator.Routing.Selection;
using Orchestrator.Routing.Snapshots;

namespace Orchestrator.Routing;

/// <summary>The providers of a host and the state that the router keeps about them.</summary>
/// <remarks>Thread-safe. One instance a host; the set of providers is fixed for its life, their settings may be replaced.</remarks>
public sealed class ProviderRegistry : IProviderRegistry, IProviderLoad
{
    private const double DefaultSuccessRate = 0.7;
    private static readonly TimeSpan DefaultDuration = TimeSpan.FromMinutes(5);

    private readonly IAgentProvider[] _agents;
    private readonly ulong _seed;

    // Guards the replacement of the snapshot; readers never take it.
    private readonly Lock _replacing = new();
    private RoutingSnapshot _snapshot;

    /// <summary>Creates a registry.</summary>
    /// <param name="providers">The providers; an empty registry is allowed, the router then rejects every task and says why.</param>
    /// <param name="options">The host's settings; <see langword="null"/> for the defaults.</param>
    /// <exception cref="OptionsValidationException">Two providers have one name, or a setting is wrong; the message names all errors.</exception>
    public ProviderRegistry(IEnumerable<IAgentProvider> providers, ProviderRoutingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(providers);
        options ??= new ProviderRoutingOptions();
        _agents = [.. providers.OrderBy(provider => provider.Descriptor.Name, StringComparer.Ordinal)];
        _seed = options.Seed ?? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        States = new ProviderState[_agents.Length];
        HealthMessages = new string?[_agents.Length];
        Estimates = new SuccessEstimates(_agents.Length);
        _snapshot = Build(1, options);
    }

    /// <inheritdoc/>
    public long Version => Snapshot.Version;

    /// <inheritdoc/>
    public ValueList<RegisteredProvider> Providers => Snapshot.Providers;

    internal RoutingSnapshot Snapshot => Volatile.Read(ref _snapshot);

    internal ProviderState[] States { get; }

    /// <summary>What the last health check that said no gave as its reason, by candidate. Beside the states, which hold no references.</summary>
    internal string?[] HealthMessages { get; }

    internal SuccessEstimates Estimates { get; }

    /// <inheritdoc/>
    public RegisteredProvider? Find(string? name)
    {
        var snapshot = Snapshot;
        return name is not null && snapshot.Indexes.TryGetValue(name, out var candidate) ? snapshot.Providers[candidate] : null;
    }

    /// <summary>Replaces the settings by new ones. What is known of health and quality stays.</summary>
    /// <param name="options">The new settings.</param>
    /// <exception cref="OptionsValidationException">A setting is wrong; the old settings stay.</exception>
    public void Update(ProviderRoutingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        lock (_replacing)
        {
            Volatile.Write(ref _snapshot, Build(_snapshot.Version + 1, options));
        }
    }

    /// <inheritdoc/>
    public ProviderSlot? TryBegin(string provider)
    {
        var snapshot = Snapshot;
        var candidate = IndexOf(snapshot, provider);
        ref var inFlight = ref States[candidate].InFlight;
        var limit = snapshot.ConcurrentLimits[candidate];
        var current = Volatile.Read(ref inFlight);
        while (current < limit)
        {
            var seen = Interlocked.CompareExchange(ref inFlight, current + 1, current);
            if (seen == current)
            {
                return new ProviderSlot(States, candidate, snapshot.Names[candidate]);
            }

            current = seen;
        }

        return null;
    }

    /// <inheritdoc/>
    public int GetInFlight(string provider) => Volatile.Read(ref States[IndexOf(Snapshot, provider)].InFlight);

    private static int IndexOf(RoutingSnapshot snapshot, string provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return snapshot.Indexes.TryGetValue(provider, out var candidate)
            ? candidate
            : throw new ArgumentException(RoutingMessages.UnknownProvider(snapshot, provider), nameof(provider));
    }

    private RoutingSnapshot Build(long version, ProviderRoutingOptions options)
    {
        var errors = ProviderRoutingOptionsValidator.FindErrors(options, [.. _agents.Select(agent => agent.Descriptor.Name)]);
        if (errors.Count > 0)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(ProviderRoutingOptions), errors);
        }

        var settings = options.Providers.ToDictionary(StringComparer.OrdinalIgnoreCase);
        var providers = _agents.Select(agent => Register(agent, settings.GetValueOrDefault(agent.Descriptor.Name) ?? new ProviderSettings()));
        return new RoutingSnapshot(version, new RoutingConfig(options, _seed), providers.ToValueList());
    }

    private static RegisteredProvider Register(IAgentProvider agent, ProviderSettings settings)
    {
        var own = agent.Descriptor;
        var descriptor = own with
        {
            PricePerTaskUsd = settings.PricePerTaskUsd ?? own.PricePerTaskUsd,
            Limits = own.Limits with { Concurrent = settings.MaxConcurrent ?? own.Limits.Concurrent },
        };
        return new RegisteredProvider(
            agent, descriptor, settings.Enabled, settings.SuccessRate ?? DefaultSuccessRate, settings.TypicalDuration ?? DefaultDuration);
    }
}
