using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Orchestrator.Providers;
using Orchestrator.Routing.Budgets;
using Orchestrator.Routing.Health;
using Orchestrator.Routing.Learning;
using Orchestrator.Routing.Limits;
using Orchestrator.Routing.Registration;
using Orchestrator.Routing.Snapshots;
using Orchestrator.Routing.Sticky;
using Orchestrator.Routing.Validation;

namespace Orchestrator.Routing;

/// <summary>The providers of a host and the state that the router keeps about them.</summary>
/// <remarks>Thread-safe. One instance a host; the set of providers is fixed for its life, their settings may be replaced.</remarks>
public sealed class ProviderRegistry : IProviderRegistry
{
    private readonly ProviderRoster _roster;
    private readonly ulong _seed;

    // Guards the replacement of the snapshot; readers never take it.
    private readonly Lock _replacing = new();
    private RoutingSnapshot _snapshot;

    /// <summary>Creates a registry.</summary>
    /// <param name="providers">The providers that carry out tasks; an empty registry is allowed, the router then rejects every task and says why.</param>
    /// <param name="options">The host's settings; <see langword="null"/> for the defaults.</param>
    /// <param name="described">Providers whose tasks the host carries out itself; <see langword="null"/> for none.</param>
    /// <param name="policies">The host's own selection policies; <see langword="null"/> for none.</param>
    /// <exception cref="OptionsValidationException">Two providers have one name, or a setting is wrong; the message names all errors.</exception>
    public ProviderRegistry(
        IEnumerable<IAgentProvider> providers,
        ProviderRoutingOptions? options = null,
        IEnumerable<ProviderDescriptor>? described = null,
        IEnumerable<ISelectionPolicy>? policies = null)
    {
        ArgumentNullException.ThrowIfNull(providers);
        options ??= new ProviderRoutingOptions();
        _roster = new ProviderRoster(providers, described, policies);
        _seed = options.Seed ?? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        var count = _roster.Entries.Count;
        States = new ProviderState[count];
        Health = new HealthBook(States);
        HealthMessages = new string?[count];
        Estimates = new Estimates(count);
        _snapshot = Build(1, options);
        Source = options;
    }

    /// <inheritdoc/>
    public long Version => Snapshot.Version;

    /// <inheritdoc/>
    public ValueList<RegisteredProvider> Providers => Snapshot.Providers;

    internal RoutingSnapshot Snapshot => Volatile.Read(ref _snapshot);

    /// <summary>The settings of the current snapshot: a copy, which nobody changes.</summary>
    internal ProviderRoutingOptions Options => Snapshot.Config.Options;

    /// <summary>The host's own object that the current snapshot was made of. It may hold something else meanwhile; only its identity counts.</summary>
    internal ProviderRoutingOptions Source { get; private set; }

    /// <summary>The host's own selection policies.</summary>
    internal IReadOnlyList<ISelectionPolicy> Policies => _roster.Policies;

    internal ProviderState[] States { get; }

    /// <summary>What is known of the candidates' health beside the states.</summary>
    internal HealthBook Health { get; }

    /// <summary>What is left of every budget, and what attempts hold.</summary>
    internal BudgetBook Budgets { get; } = new();

    /// <summary>What the last health check that said no gave as its reason, by candidate. Beside the states, which hold no references.</summary>
    internal string?[] HealthMessages { get; }

    internal Estimates Estimates { get; }

    /// <summary>Which provider each session is with.</summary>
    internal SessionTable Sessions { get; } = new();

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
            var (before, after) = (_snapshot, Build(_snapshot.Version + 1, options));
            Volatile.Write(ref _snapshot, after);
            LimitReload.Apply(States, before, after);
            Source = options;
        }
    }

    private RoutingSnapshot Build(long version, ProviderRoutingOptions source)
    {
        // Copied before they are checked: what was checked is what counts.
        var options = OptionsCopy.Of(source);
        var errors = RoutingValidator.FindErrors(options, _roster);
        if (errors.Count > 0)
        {
            throw new OptionsValidationException(Microsoft.Extensions.Options.Options.DefaultName, typeof(ProviderRoutingOptions), errors);
        }

        var snapshot = new RoutingSnapshot(version, new RoutingConfig(options, _seed, _roster.Policies), [.. ProviderOverlay.ApplyAll(_roster, options)]);
        Estimates.Configure(snapshot);
        return snapshot;
    }
}
