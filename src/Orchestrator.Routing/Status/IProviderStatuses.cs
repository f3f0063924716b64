namespace Orchestrator.Routing;

/// <summary>How providers stand at this moment, and how an operator takes one out of service and back.</summary>
/// <remarks>Thread-safe. A status is a snapshot: it does not change after it was made.</remarks>
public interface IProviderStatuses
{
    /// <summary>How one provider stands.</summary>
    /// <param name="provider">Its name, in any case.</param>
    /// <returns>The status.</returns>
    /// <exception cref="ArgumentException">There is no such provider; the message lists those there are.</exception>
    ProviderStatus Get(string provider);

    /// <summary>How all providers stand, disabled ones included, in ordinal order of their names.</summary>
    /// <returns>One status a provider.</returns>
    ValueList<ProviderStatus> List();

    /// <summary>Lets a provider take no new work; what runs goes on. Holds until <see cref="Resume"/>. With a state store that lasts it holds over restarts and, within seconds, for all processes that share the store: the latest call counts.</summary>
    /// <param name="provider">Its name, in any case.</param>
    /// <returns>Whether this call changed it; <see langword="false"/> when it was drained already.</returns>
    /// <exception cref="ArgumentException">There is no such provider; the message lists those there are.</exception>
    bool Drain(string provider);

    /// <summary>Lets a provider that was drained by call take work again. One that the settings drain stays as it is.</summary>
    /// <param name="provider">Its name, in any case.</param>
    /// <returns>Whether this call changed it.</returns>
    /// <exception cref="ArgumentException">There is no such provider; the message lists those there are.</exception>
    bool Resume(string provider);
}
