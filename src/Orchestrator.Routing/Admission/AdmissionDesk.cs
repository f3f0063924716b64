using Orchestrator.Routing.Budgets;
using Orchestrator.Routing.Limits;
using Orchestrator.Routing.Selection;
using Orchestrator.Routing.Snapshots;
using Orchestrator.Routing.State;
using Orchestrator.Tasks;

namespace Orchestrator.Routing.Admission;

/// <summary>Admits attempts in memory and, when there is a state store that lasts, there too.</summary>
/// <remarks>The order is always the same: slot, requests a day, requests a minute, tokens a minute, then the budgets in the order of the settings. What was taken before something is refused goes back.</remarks>
internal sealed class AdmissionDesk(ProviderRegistry registry, TimeProvider time, StoredReservations? store = null) : IProviderAdmission
{
    private const int FirstNames = 16;

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(7);
    private static readonly TimeSpan Usual = TimeSpan.FromHours(1);

    private LimitPlan? _limits;

    /// <inheritdoc/>
    public AdmissionResult TryAdmit(in AdmissionRequest request)
    {
        var snapshot = registry.Snapshot;
        var candidate = Check(request, snapshot);
        var now = time.GetUtcNow().UtcTicks;
        registry.Budgets.Sweep(now);

        ref var state = ref registry.States[candidate];
        if (Volatile.Read(ref state.Draining) != 0)
        {
            return new AdmissionResult(default, AdmissionRejections.Draining);
        }

        ref readonly var limits = ref LimitsOf(snapshot).ByCandidate[candidate];
        var reached = ProviderLimiter.TryTake(ref state, limits, request.ExpectedTokens, now);
        if (reached != ReachedLimit.None)
        {
            return new AdmissionResult(default, AdmissionRejections.Of(reached, state, limits, now));
        }

        var ticket = registry.Budgets.Tickets.Take();
        ticket.Assign(this, registry.States, candidate, request.AttemptId);
        ticket.Nano = BudgetMoney.From(request.ExpectedUsd);
        ticket.Tokens = BudgetMoney.Tokens(request.ExpectedTokens);
        ticket.IsMetered = limits.TokensPerMinute != 0;
        RejectionDetail? rejection;
        try
        {
            var plan = registry.Budgets.PlanOf(snapshot);
            rejection = plan.Seats.Length == 0 ? null : Reserve(ticket, plan, snapshot.Names[candidate], request.Task, now);
        }
        catch
        {
            Undo(ticket, limits, request.ExpectedTokens, now);
            throw;
        }

        if (rejection is not null)
        {
            Undo(ticket, limits, request.ExpectedTokens, now);
            return new AdmissionResult(default, rejection);
        }

        return new AdmissionResult(new ProviderAdmission(ticket, ticket.Activate(now + Clamp(request.Duration).Ticks)), null);
    }

    /// <inheritdoc/>
    public ValueTask<AdmissionResult> AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var result = TryAdmit(request);
        return store is null || !result.IsAdmitted || result.Admission.Ticket.Claims.IsEmpty
            ? ValueTask.FromResult(result)
            : StoreAsync(store, result.Admission, request, cancellationToken);
    }

    /// <inheritdoc/>
    public int GetInFlight(string provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return Volatile.Read(ref registry.States[IndexOf(registry.Snapshot, provider)].InFlight);
    }

    public bool Settle(AdmissionTicket ticket, long version, decimal costUsd, long tokens)
    {
        var settlement = Book(ticket, version, costUsd, tokens, out var isFirst);
        if (settlement is not null)
        {
            store!.Later(settlement);
        }

        return isFirst;
    }

    public async ValueTask<bool> SettleAsync(AdmissionTicket ticket, long version, decimal costUsd, long tokens, CancellationToken cancellationToken)
    {
        var settlement = Book(ticket, version, costUsd, tokens, out var isFirst);
        if (settlement is not null)
        {
            await store!.SettleAsync(settlement, time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        }

        return isFirst;
    }

    public ValueTask<bool> RenewAsync(AdmissionTicket ticket, long version, TimeSpan duration, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var state = ticket.Lock(version);
        if (state == TicketState.Free)
        {
            return ValueTask.FromResult(false);
        }

        var (attempt, isStored, before) = (ticket.AttemptId, store is not null && !ticket.Claims.IsEmpty, ticket.ExpiresAt);
        var until = Math.Max(before, time.GetUtcNow().UtcTicks + Clamp(duration).Ticks);
        ticket.ExpireAt(until);
        ticket.Unlock(version, state);
        return state == TicketState.Active && isStored
            ? RenewStoredAsync(store!, new ProviderAdmission(ticket, version), attempt, (before, until), Clamp(duration), cancellationToken)
            : ValueTask.FromResult(state == TicketState.Active);
    }

    /// <summary>Renews in the store. When nobody knows whether it did, everything is kept as long as it was kept anyway: the store's own reservation lasts as long.</summary>
    private async ValueTask<bool> RenewStoredAsync(
        StoredReservations reservations, ProviderAdmission admission, string attempt, (long Before, long Until) times, TimeSpan duration, CancellationToken cancellationToken)
    {
        bool? isHeld = null;
        try
        {
            isHeld = await reservations.RenewAsync(attempt, duration, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (isHeld != true && admission.Ticket.Lock(admission.Version) is var state && state != TicketState.Free)
            {
                // A later renewal counts more than this one.
                if (admission.Ticket.ExpiresAt == times.Until)
                {
                    admission.Ticket.ExpireAt(times.Before);
                }

                admission.Ticket.Unlock(admission.Version, state);
            }
        }

        return isHeld ?? time.GetUtcNow().UtcTicks < times.Before;
    }

    private static int IndexOf(RoutingSnapshot snapshot, string provider)
    {
        // A decision hands out the very strings of the snapshot: comparing references is quicker than a hash.
        var names = snapshot.Names;
        for (var i = 0; i < names.Length && i < FirstNames; i++)
        {
            if (ReferenceEquals(names[i], provider))
            {
                return i;
            }
        }

        return snapshot.Indexes.TryGetValue(provider, out var candidate)
            ? candidate
            : throw new ArgumentException(RoutingMessages.UnknownProvider(snapshot, provider), nameof(provider));
    }

    private static TimeSpan Clamp(TimeSpan duration) =>
        duration == TimeSpan.Zero ? Usual : duration < Shortest ? Shortest : duration > Longest ? Longest : duration;

    private int Check(in AdmissionRequest request, RoutingSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(request.Task, nameof(request));
        ArgumentNullException.ThrowIfNull(request.Provider, nameof(request));
        ArgumentOutOfRangeException.ThrowIfNegative(request.ExpectedUsd, nameof(request));
        ArgumentOutOfRangeException.ThrowIfNegative(request.ExpectedTokens, nameof(request));
        return store is null || Identifiers.IsName(request.AttemptId)
            ? IndexOf(snapshot, request.Provider)
            : throw new ArgumentException("The attempt's id must be a valid name: the state store knows the reservation by it.", nameof(request));
    }

    private LimitPlan LimitsOf(RoutingSnapshot snapshot)
    {
        var plan = Volatile.Read(ref _limits);
        if (plan is null || !ReferenceEquals(plan.Snapshot, snapshot))
        {
            plan = new LimitPlan(snapshot);
            Volatile.Write(ref _limits, plan);
        }

        return plan;
    }

    /// <summary>Reserves from every budget that applies. What was reserved before one was exhausted stays on the ticket.</summary>
    private static RejectionDetail? Reserve(AdmissionTicket ticket, BudgetPlan plan, string provider, AgentTask task, long now)
    {
        var tenant = plan.TenantLabel is { } label ? BudgetBook.TenantOf(task, label) : "";
        foreach (ref readonly var seat in plan.ByCandidate[ticket.Candidate].AsSpan())
        {
            var owner = BudgetBook.OwnerOf(seat.Config, tenant, task.Id) ?? provider;
            if (!seat.Config.IsFor(owner))
            {
                continue;
            }

            switch (seat.TryReserve(owner, ticket.Nano, ticket.Tokens, now, out var period))
            {
                case BudgetVerdict.Reserved:
                    ticket.Add(period!, seat.Config);
                    break;
                case BudgetVerdict.TooManyOwners:
                    return AdmissionRejections.TooManyOwners(seat.Config);
                default:
                    return AdmissionRejections.Exhausted(seat.Config, owner, period!.Read(seat.Config), ticket.Nano, ticket.Tokens);
            }
        }

        return null;
    }

    private async ValueTask<AdmissionResult> StoreAsync(
        StoredReservations reservations, ProviderAdmission admission, AdmissionRequest request, CancellationToken cancellationToken)
    {
        var ticket = admission.Ticket;
        var limits = LimitsOf(registry.Snapshot).ByCandidate[ticket.Candidate];
        try
        {
            var (rejection, balances) = await reservations.ReserveAsync(
                request.AttemptId, ticket.ToStoreClaims(), Clamp(request.Duration), cancellationToken).ConfigureAwait(false);
            if (rejection is not null)
            {
                Withdraw(admission, limits);
            }

            reservations.Correct(balances, time.GetUtcNow());
            return new AdmissionResult(rejection is null ? admission : default, rejection);
        }
        catch
        {
            // The caller gave up, or something broke: whatever it was, the attempt does not start and holds nothing.
            Withdraw(admission, limits);
            throw;
        }
    }

    /// <summary>As if the attempt had never been.</summary>
    private void Withdraw(ProviderAdmission admission, in LimitConfig limits)
    {
        var ticket = admission.Ticket;
        switch (ticket.Lock(admission.Version))
        {
            case TicketState.Active:
                Undo(ticket, limits, ticket.Tokens, time.GetUtcNow().UtcTicks);
                break;
            case TicketState.Expired:
                ticket.Clear();
                break;
        }
    }

    /// <summary>Books in memory.</summary>
    /// <returns>What the state store is to book; null when there is none that lasts, or no budget applied.</returns>
    private BudgetSettlement? Book(AdmissionTicket ticket, long version, decimal costUsd, long tokens, out bool isFirst)
    {
        var state = ticket.Lock(version);
        isFirst = state != TicketState.Free;
        if (!isFirst)
        {
            return null;
        }

        var (nano, used) = (BudgetMoney.From(costUsd), BudgetMoney.Tokens(tokens));
        BudgetSettlement? settlement = null;
        try
        {
            settlement = store is null || ticket.Claims.IsEmpty ? null : new BudgetSettlement(ticket.AttemptId, nano, used, ticket.ToStoreClaims());
        }
        finally
        {
            // Whatever happens, what the attempt holds is booked and free again.
            ticket.Book(nano, used, LimitsOf(registry.Snapshot).ByCandidate[ticket.Candidate].TokensPerMinute, state == TicketState.Expired);
            if (state == TicketState.Expired)
            {
                ticket.Clear();
            }
            else
            {
                Free(ticket);
            }
        }

        return settlement;
    }

    /// <summary>Gives everything back and frees the ticket; only while nobody else has it.</summary>
    private void Undo(AdmissionTicket ticket, in LimitConfig limits, long tokens, long now)
    {
        ticket.GiveMoneyBack();
        ProviderLimiter.GiveBack(ref ticket.State, limits, tokens, now);
        Free(ticket);
    }

    private void Free(AdmissionTicket ticket)
    {
        ticket.Clear();
        registry.Budgets.Tickets.Return(ticket);
    }
}
