using System.Collections.Frozen;
using Orchestrator.Providers;
using Orchestrator.Routing.Budgets;
using Orchestrator.Routing.Rules;

namespace Orchestrator.Routing.Snapshots;

/// <summary>Everything that a decision reads and that does not change between two configurations: one array a property, indexed by candidate, in ordinal order of names.</summary>
internal sealed class RoutingSnapshot
{
    public RoutingSnapshot(long version, RoutingConfig config, ValueList<RegisteredProvider> providers)
    {
        Version = version;
        Config = config;
        Providers = providers;
        Names = [.. providers.Select(provider => provider.Name)];
        CapabilityNames = new NameBits(providers.SelectMany(provider => provider.Descriptor.Capabilities));
        Rows = [.. providers.Select(provider => new CandidateRow(provider, CapabilityNames))];
        Seconds = [.. providers.Select(provider => provider.TypicalDuration.TotalSeconds)];
        SuccessRates = [.. providers.Select(provider => provider.SuccessRate)];
        ConcurrentLimits = [.. providers.Select(provider => provider.Descriptor.Limits.Concurrent ?? int.MaxValue)];
        TakesAnyModel = [.. providers.Select(provider => provider.Descriptor.Kind is not (ProviderKind.Command or ProviderKind.Unknown))];
        Indexes = Names.Select((name, index) => KeyValuePair.Create(name, index)).ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        Fallbacks = new FallbackLists(Names);
        TagNames = new NameBits(providers.SelectMany(provider => provider.Descriptor.Tags));
        Tags = [.. providers.Select(provider => TagNames.ToMask(provider.Descriptor.Tags, out _))];
        RegionNames = new NameBits(providers.SelectMany(provider => provider.Descriptor.DataResidency));
        Regions = [.. providers.Select(provider => RegionNames.ToMask(provider.Descriptor.DataResidency, out _))];
        IsDraining = [.. providers.Select(provider => provider.IsDraining)];
        Weights = [.. providers.Select(provider => provider.Weight)];
        Tiers = [.. providers.Select(provider => provider.Tier)];
        Chains = [.. providers.Select(provider => provider.Fallbacks.Select(name => Indexes[name]).ToArray())];
        DayLimits = [.. providers.Select(provider => provider.Descriptor.Limits.RequestsPerDay ?? int.MaxValue)];
        HasDayLimits = Array.Exists(DayLimits, limit => limit != int.MaxValue);
        Rules = RuleCompiler.Rules(config.Options, providers, config.Methods);
        Experiments = RuleCompiler.Experiments(config.Options, providers, config.Methods);
        HasRulesOrExperiments = Rules.Length + Experiments.Length > 0;
        Budgets = config.Budgets;
        ProviderBudgets = Array.FindAll(Budgets, budget => budget.Scope == BudgetScope.Provider);
        HasSharedBudgets = Array.Exists(Budgets, budget => budget.Scope != BudgetScope.Provider);
    }

    public long Version { get; }

    public RoutingConfig Config { get; }

    public ValueList<RegisteredProvider> Providers { get; }

    public int Count => Names.Length;

    public string[] Names { get; }

    public NameBits CapabilityNames { get; }

    public CandidateRow[] Rows { get; }

    public double[] Seconds { get; }

    public double[] SuccessRates { get; }

    public int[] ConcurrentLimits { get; }

    public bool[] TakesAnyModel { get; }

    public FrozenDictionary<string, int> Indexes { get; }

    public FallbackLists Fallbacks { get; }

    public NameBits TagNames { get; }

    public ulong[] Tags { get; }

    public NameBits RegionNames { get; }

    /// <summary>Where each candidate processes data; 0 when it does not say.</summary>
    public ulong[] Regions { get; }

    /// <summary>Whether the settings drain it. Such a candidate has no <see cref="CandidateTraits.Enabled"/> either.</summary>
    public bool[] IsDraining { get; }

    public double[] Weights { get; }

    public int[] Tiers { get; }

    /// <summary>The configured fallbacks of each candidate.</summary>
    public int[][] Chains { get; }

    /// <summary>Executions a day; <see cref="int.MaxValue"/> without a limit.</summary>
    public int[] DayLimits { get; }

    public bool HasDayLimits { get; }

    public CompiledRule[] Rules { get; }

    public CompiledExperiment[] Experiments { get; }

    public bool HasRulesOrExperiments { get; }

    /// <summary>In the order of the settings.</summary>
    public BudgetConfig[] Budgets { get; }

    /// <summary>Those of the budgets that each provider has for itself.</summary>
    public BudgetConfig[] ProviderBudgets { get; }

    public bool HasProviderBudgets => ProviderBudgets.Length != 0;

    public bool HasSharedBudgets { get; }
}
