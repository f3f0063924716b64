using Orchestrator.Routing.Health;

namespace Orchestrator.Routing.State;

/// <summary>Until when providers are left alone, and how many requests they had today. Of a circuit breaker only its time is kept.</summary>
internal sealed class HealthStateSource(ProviderRegistry registry) : IRoutingStateSource
{
    /// <inheritdoc/>
    public string Kind => RoutingStateKinds.Health;

    /// <inheritdoc/>
    public bool IsShared => false;

    /// <inheritdoc/>
    public IEnumerable<RoutingStateEntry> Export(DateTimeOffset now)
    {
        var names = registry.Snapshot.Names;
        for (var i = 0; i < names.Length; i++)
        {
            yield return new RoutingStateEntry(Kind, names[i], Export(ref registry.States[i], now.UtcTicks).ToJson(), now);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Import(IReadOnlyList<RoutingStateEntry> entries, DateTimeOffset now)
    {
        var unknown = new List<string>();
        foreach (var entry in entries)
        {
            if (SavedHealth.Parse(entry.Value) is not { } saved)
            {
                unknown.Add(entry.Key);
            }
            else if (registry.Snapshot.Indexes.TryGetValue(entry.Key, out var candidate))
            {
                Import(ref registry.States[candidate], saved, now.UtcTicks);
            }
        }

        return unknown;
    }

    private static SavedHealth Export(ref ProviderState state, long now) => new(
        After(now, Volatile.Read(ref state.OpenUntil)),
        After(now, Volatile.Read(ref state.LimitedUntil)),
        After(now, Volatile.Read(ref state.QuotaUntil)),
        Volatile.Read(ref state.Day));

    private static void Import(ref ProviderState state, SavedHealth saved, long now)
    {
        CircuitBreaker.Raise(ref state.OpenUntil, After(now, saved.OpenUntil));
        CircuitBreaker.Raise(ref state.LimitedUntil, After(now, saved.LimitedUntil));
        CircuitBreaker.Raise(ref state.QuotaUntil, After(now, saved.QuotaUntil));
        CircuitBreaker.Raise(ref state.Day, saved.Day >> 32 == now / TimeSpan.TicksPerDay ? saved.Day : 0);
    }

    private static long After(long now, long until) => until > now ? until : 0;
}
