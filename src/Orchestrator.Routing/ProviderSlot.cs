using Orchestrator.Routing.Health;

namespace Orchestrator.Routing;

/// <summary>One running attempt of a provider. Disposing it, once or several times, frees the slot once.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class ProviderSlot : IDisposable
{
    private readonly int _candidate;
    private ProviderState[]? _states;

    internal ProviderSlot(ProviderState[] states, int candidate, string provider) => (_states, _candidate, Provider) = (states, candidate, provider);

    /// <summary>The provider.</summary>
    public string Provider { get; }

    /// <summary>Frees the slot.</summary>
    public void Dispose()
    {
        var states = Interlocked.Exchange(ref _states, null);
        if (states is not null)
        {
            Interlocked.Decrement(ref states[_candidate].InFlight);
        }
    }
}
