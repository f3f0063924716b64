using Orchestrator.Providers;
using Orchestrator.Tasks;

namespace Orchestrator.Benchmarks;

/// <summary>What a user would write by hand: the same filters and the same score, as a LINQ query over a dictionary of states. The peer that ratios are taken against.</summary>
internal sealed class LinqRouter(IEnumerable<ProviderDescriptor> providers, TimeProvider time)
{
    private readonly List<ProviderDescriptor> _providers = [.. providers];
    private readonly Dictionary<string, State> _states = providers.ToDictionary(provider => provider.Name, _ => new State());

    public (Guid Id, string? Provider, List<string> Fallbacks) Route(AgentTask task)
    {
        var now = time.GetUtcNow();
        var ranked = _providers
            .Where(provider => provider.TaskTypes.Contains(task.Type))
            .Where(provider => provider.Sources.Contains(task.Source.Kind))
            .Where(provider => task.Requires.All(needed => provider.Capabilities.Contains(needed, StringComparer.OrdinalIgnoreCase)))
            .Where(provider => _states[provider.Name].OpenUntil <= now && _states[provider.Name].LimitedUntil <= now)
            .Where(provider => _states[provider.Name].InFlight < (provider.Limits.Concurrent ?? int.MaxValue))
            .Select(provider => (provider.Name, Price: Price(provider)))
            .Where(candidate => task.MaxCostUsd is not { } limit || candidate.Price <= (double)limit)
            .OrderBy(candidate => candidate.Price + ((1 - _states[candidate.Name].SuccessRate) * 0.5) + (_states[candidate.Name].Seconds * 2 / 3600))
            .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
            .Select(candidate => candidate.Name)
            .ToList();
        return (Guid.CreateVersion7(now), ranked.FirstOrDefault(), [.. ranked.Skip(1)]);
    }

    private static double Price(ProviderDescriptor provider)
    {
        var model = provider.Models.Count > 0 ? provider.Models[0] : null;
        return (double)provider.PricePerTaskUsd + (model is null ? 0 : (double)(model.Prices.InputUsd * 40_000 + model.Prices.OutputUsd * 4_000) / 1e6);
    }

    private sealed class State
    {
        public DateTimeOffset OpenUntil { get; set; }

        public DateTimeOffset LimitedUntil { get; set; }

        public int InFlight { get; set; }

        public double SuccessRate { get; set; } = 0.7;

        public double Seconds { get; set; } = 300;
    }
}
