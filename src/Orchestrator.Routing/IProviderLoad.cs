namespace Orchestrator.Routing;

/// <summary>Counts the executions that run, so that the router can keep to each provider's limit of concurrent executions.</summary>
/// <remarks>Thread-safe. A router's decision reserves nothing: the host takes a slot when it starts an attempt and disposes it when the attempt has ended.</remarks>
public interface IProviderLoad
{
    /// <summary>Takes a slot for one attempt.</summary>
    /// <param name="provider">The provider's name, in any case.</param>
    /// <returns>The slot, to be disposed when the attempt has ended; <see langword="null"/> when the provider runs as many executions as it may.</returns>
    /// <exception cref="ArgumentException">There is no such provider; the message lists those there are.</exception>
    ProviderSlot? TryBegin(string provider);

    /// <summary>How many executions of a provider run now.</summary>
    /// <param name="provider">The provider's name, in any case.</param>
    /// <returns>The number.</returns>
    /// <exception cref="ArgumentException">There is no such provider; the message lists those there are.</exception>
    int GetInFlight(string provider);
}
