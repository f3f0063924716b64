using Orchestrator.Providers;

namespace Orchestrator.Routing.Snapshots;

/// <summary>A model of a candidate, priced for comparison.</summary>
internal readonly struct CandidateModel(ModelDescriptor model)
{
    public string Name { get; } = model.Name;

    public long ContextWindow { get; } = model.ContextWindow ?? long.MaxValue;

    public double InputUsdPerToken { get; } = (double)model.Prices.InputUsd / 1e6;

    public double OutputUsdPerToken { get; } = (double)model.Prices.OutputUsd / 1e6;
}
