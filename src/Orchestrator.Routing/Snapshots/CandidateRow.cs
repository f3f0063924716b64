using System.Runtime.InteropServices;

namespace Orchestrator.Routing.Snapshots;

/// <summary>What every decision reads about a candidate, side by side in less than a cache line.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct CandidateRow(RegisteredProvider provider, NameBits capabilities)
{
    public ulong Capabilities { get; } = capabilities.ToMask(provider.Descriptor.Capabilities, out _);

    public double FlatPrice { get; } = (double)provider.Descriptor.PricePerTaskUsd;

    /// <summary>The default one first; empty when the provider has no choice of models.</summary>
    public CandidateModel[] Models { get; } = [.. provider.Descriptor.Models.Select(model => new CandidateModel(model))];

    /// <summary>See <see cref="CandidateTraits"/>.</summary>
    public uint Traits { get; } = CandidateTraits.Of(provider.Descriptor, provider is { IsEnabled: true, IsDraining: false });

    public int ConcurrentLimit { get; } = provider.Descriptor.Limits.Concurrent ?? int.MaxValue;
}
