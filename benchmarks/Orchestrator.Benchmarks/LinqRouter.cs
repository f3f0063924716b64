using Orchestrator.Providers;
using Orchestrator.Tasks;

namespace Orchestrator.Benchmarks;

/// <summary>
/// What a user would write by hand: the same filters, the same score, sessions and a budget behind a lock, as a LINQ query over a dictionary of states. The peer that ratios are taken against.
/// </summary>
internal sealed class LinqRouter(IEnumerable<ProviderDescriptor> providers, TimeProvider time)
{
    private const decimal Cap = 1_000_000;
    private const double StayBonusUsd = 0.10;

    private readonly List<ProviderDescriptor> _providers = [.. providers];
    private readonly Dictionary<string, State> _states = providers.ToDictionary(provider => provider.Name, _ => new State());
    private readonly Dictionary<string, string> _sessions = [];
    private readonly Lock _spending = new();
    private decimal _spent;

    public (Guid Id, string? Provider, decimal Price, List<string> Fallbacks) Route(AgentTask task)
    {
        var now = time.GetUtcNow();
        var session = task.Source is GitHubSource source ? $"{source.Owner}/{source.Repository}@{source.Branch}" : task.SessionKey;
        var pinned = session is null ? null : _sessions.GetValueOrDefault(session);
        var left = Cap - _spent;
        var ranked = _providers
            .Where(provider => provider.TaskTypes.Contains(task.Type))
            .Where(provider => provider.Sources.Contains(task.Source.Kind))
            .Where(provider => task.Requires.All(needed => provider.Capabilities.Contains(needed, StringComparer.OrdinalIgnoreCase)))
            .Where(provider => task.DataResidency.Count == 0 || provider.DataResidency.All(region => task.DataResidency.Contains(region, StringComparer.OrdinalIgnoreCase)))
            .Where(provider => _states[provider.Name].OpenUntil <= now && _states[provider.Name].LimitedUntil <= now)
            .Where(provider => _states[provider.Name].InFlight < (provider.Limits.Concurrent ?? int.MaxValue))
            .Select(provider => (provider.Name, Price: Price(provider)))
            .Where(candidate => task.MaxCostUsd is not { } limit || candidate.Price <= (double)limit)
            .Where(candidate => (decimal)candidate.Price <= left)
            .OrderBy(candidate => candidate.Price + ((1 - _states[candidate.Name].SuccessRate) * 0.5) + (_states[candidate.Name].Seconds * 2 / 3600)
                - (candidate.Name == pinned ? StayBonusUsd : 0))
            .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
            .ToList();
        if (ranked.Count > 0 && session is not null)
        {
            _sessions[session] = ranked[0].Name;
        }

        return (
            Guid.CreateVersion7(now),
            ranked.Count == 0 ? null : ranked[0].Name,
            ranked.Count == 0 ? 0 : (decimal)ranked[0].Price,
            [.. ranked.Skip(1).Select(candidate => candidate.Name)]);
    }

    /// <summary>Decide, reserve, settle.</summary>
    public string? Attempt(AgentTask task)
    {
        var (_, provider, price, _) = Route(task);
        lock (_spending)
        {
            if (provider is null || _spent + price > Cap)
            {
                return null;
            }

            _spent += price;
            _states[provider].InFlight++;
        }

        lock (_spending)
        {
            _spent += RoutingRig.Cost - price;
            _states[provider].InFlight--;
        }

        return provider;
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
