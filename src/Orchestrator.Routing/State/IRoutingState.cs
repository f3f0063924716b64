namespace Orchestrator.Routing;

/// <summary>What the router remembers over restarts: health, draining, sessions, what it learned, balances of budgets. A running host loads and saves it by itself.</summary>
/// <remarks>For programs that use the router without running the host, such as commands; one call at a time. Without a state store that lasts it does nothing.</remarks>
public interface IRoutingState
{
    /// <summary>Takes over what was saved. Once loaded, nothing is loaded again; a store that cannot be read is logged, and the router starts with what it has.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When it is done.</returns>
    ValueTask LoadAsync(CancellationToken cancellationToken = default);

    /// <summary>Saves what changed since it was loaded or saved. A store that cannot be written is logged. Nothing is saved before something was loaded.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When it is done.</returns>
    ValueTask SaveAsync(CancellationToken cancellationToken = default);
}
