using Microsoft.Extensions.Logging;
using Orchestrator.Routing.Budgets;

namespace Orchestrator.Routing.State;

/// <summary>The host's state store, if it lasts: one in memory is never asked, because the router's own memory knows the same.</summary>
internal sealed class AdmissionStore(IRoutingStateStore store, BudgetBook book, ILogger logger)
{
    /// <summary>Null when the store does not last.</summary>
    public IRoutingStateStore? Lasting { get; } = store is InMemoryRoutingStateStore ? null : store;

    /// <summary>Null when the store does not last.</summary>
    public StoredReservations? Reservations { get; } = store is InMemoryRoutingStateStore ? null : new StoredReservations(store, book, logger);
}
