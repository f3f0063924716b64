using System.Collections.Frozen;
using Orchestrator.Providers;

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
        Traits = [.. providers.Select(provider => CandidateTraits.Of(provider.Descriptor, provider.IsEnabled))];
        CapabilityMap = new CapabilityMap(providers.SelectMany(provider => provider.Descriptor.Capabilities));
        Capabilities = [.. providers.Select(provider => CapabilityMap.ToMask(provider.Descriptor.Capabilities, out _))];
        FlatPrices = [.. providers.Select(provider => (double)provider.Descriptor.PricePerTaskUsd)];
        Models = [.. providers.Select(provider => provider.Descriptor.Models.Select(model => new CandidateModel(model)).ToArray())];
        Seconds = [.. providers.Select(provider => provider.TypicalDuration.TotalSeconds)];
        SuccessRates = [.. providers.Select(provider => provider.SuccessRate)];
        ConcurrentLimits = [.. providers.Select(provider => provider.Descriptor.Limits.Concurrent ?? int.MaxValue)];
        TakesAnyModel = [.. providers.Select(provider => provider.Descriptor.Kind is not (ProviderKind.Command or ProviderKind.Unknown))];
        Indexes = Names.Select((name, index) => KeyValuePair.Create(name, index)).ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        Fallbacks = new FallbackLists(Names);
    }

    public long Version { get; }

    public RoutingConfig Config { get; }

    public ValueList<RegisteredProvider> Providers { get; }

    public int Count => Names.Length;

    public string[] Names { get; }

    public uint[] Traits { get; }

    public CapabilityMap CapabilityMap { get; }

    public ulong[] Capabilities { get; }

    public double[] FlatPrices { get; }

    public CandidateModel[][] Models { get; }

    public double[] Seconds { get; }

    public double[] SuccessRates { get; }

    public int[] ConcurrentLimits { get; }

    public bool[] TakesAnyModel { get; }

    public FrozenDictionary<string, int> Indexes { get; }

    public FallbackLists Fallbacks { get; }
}
