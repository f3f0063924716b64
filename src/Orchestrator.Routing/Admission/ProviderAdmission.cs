using Orchestrator.Routing.Admission;

namespace Orchestrator.Routing;

/// <summary>What one attempt holds: a slot of its provider, and reservations in budgets. Settle it once when the attempt has ended; disposing it unsettled books nothing spent.</summary>
/// <remarks>Thread-safe. A handle: copies of it stand for the same thing, and only the first settlement counts. The empty one does nothing.</remarks>
public readonly record struct ProviderAdmission : IDisposable, IAsyncDisposable
{
    private readonly AdmissionTicket? _ticket;
    private readonly long _version;

    internal ProviderAdmission(AdmissionTicket ticket, long version) => (_ticket, _version) = (ticket, version);

    /// <summary>Whether it stands for nothing.</summary>
    public bool IsEmpty => _ticket is null;

    internal AdmissionTicket Ticket => _ticket!;

    internal long Version => _version;

    /// <summary>Books what the attempt cost and gives everything else back, in memory. A lasting state store is told within seconds.</summary>
    /// <param name="costUsd">What it cost, in US dollars; it may be more than was reserved. A negative value counts as 0: nothing keeps an attempt from being settled.</param>
    /// <param name="tokens">The tokens it used; a negative value counts as 0.</param>
    /// <returns>Whether this call settled it; <see langword="false"/> when it was settled before.</returns>
    public bool Settle(decimal costUsd, long tokens) => _ticket is not null && _ticket.Desk.Settle(_ticket, _version, costUsd, tokens);

    /// <summary>As <see cref="Settle"/>, and durable before it returns when the host has a state store that lasts. When that store fails, the booking is kept and repeated; one that a working store refuses again and again is logged and given up.</summary>
    /// <param name="costUsd">What it cost, in US dollars; it may be more than was reserved. A negative value counts as 0: nothing keeps an attempt from being settled.</param>
    /// <param name="tokens">The tokens it used; a negative value counts as 0.</param>
    /// <param name="cancellationToken">Stops waiting for the store; the booking is still made, later.</param>
    /// <returns>Whether this call settled it; <see langword="false"/> when it was settled before.</returns>
    public ValueTask<bool> SettleAsync(decimal costUsd, long tokens, CancellationToken cancellationToken = default) =>
        _ticket is null ? ValueTask.FromResult(false) : _ticket.Desk.SettleAsync(_ticket, _version, costUsd, tokens, cancellationToken);

    /// <summary>Keeps everything for longer, from now, and never shorter than before. An attempt that may take longer than it was admitted for calls this in time.</summary>
    /// <param name="duration">How long from now, from 1 second to 7 days; a value outside counts as the nearest one inside.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>
    /// Whether it still holds everything; <see langword="false"/> when its time was over or it was settled. When the state store cannot be reached, everything is held as
    /// long as before this call, and it is not lost until then.
    /// </returns>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public ValueTask<bool> RenewAsync(TimeSpan duration, CancellationToken cancellationToken = default) =>
        _ticket is null ? ValueTask.FromResult(false) : _ticket.Desk.RenewAsync(_ticket, _version, duration, cancellationToken);

    /// <summary>Gives everything back, with nothing spent, unless it was settled.</summary>
    public void Dispose() => Settle(0, 0);

    /// <summary>As <see cref="Dispose"/>, and durable before it returns when the host has a state store that lasts.</summary>
    /// <returns>When it is done.</returns>
    public async ValueTask DisposeAsync() => await SettleAsync(0, 0).ConfigureAwait(false);
}
