namespace Orchestrator.Routing;

/// <summary>Keeps providers within their limits and budgets: an attempt takes what it needs before it starts, and gives it back when it has ended.</summary>
/// <remarks>
/// Thread-safe, without locks. A router's decision reserves nothing. What an attempt takes lasts for the duration it asked for; then everything is given
/// back, so that a lost attempt blocks nobody. An attempt that is settled later than that is still booked, once.
/// </remarks>
public interface IProviderAdmission
{
    /// <summary>Takes everything that one attempt needs, or nothing: a slot, a request and tokens of our own limits, and the expected cost from every budget that applies. In memory, without allocation.</summary>
    /// <param name="request">The attempt.</param>
    /// <returns>What it holds, to be settled or disposed; or the first thing that speaks against it.</returns>
    /// <exception cref="ArgumentException">The task is missing, an expectation is negative, or there is no such provider; the message lists those there are.</exception>
    AdmissionResult TryAdmit(in AdmissionRequest request);

    /// <summary>As <see cref="TryAdmit"/>, and reserved durably when the host has a state store that lasts: the store checks the caps again, for all processes that share it.</summary>
    /// <remarks>When that store cannot be reached, an attempt to which a budget applies is not admitted: a cap that cannot be checked counts as used up.</remarks>
    /// <param name="request">The attempt.</param>
    /// <param name="cancellationToken">Gives up; nothing is held then.</param>
    /// <returns>What it holds, to be settled or disposed; or the first thing that speaks against it.</returns>
    /// <exception cref="ArgumentException">The task is missing, the attempt's id is not a valid name, an expectation is negative, or there is no such provider.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    ValueTask<AdmissionResult> AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken = default);

    /// <summary>How many attempts of a provider run now.</summary>
    /// <param name="provider">The provider's name, in any case.</param>
    /// <returns>The number.</returns>
    /// <exception cref="ArgumentException">There is no such provider; the message lists those there are.</exception>
    int GetInFlight(string provider);
}
