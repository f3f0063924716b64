namespace Orchestrator.Routing.State;

/// <summary>Keeps what the router remembers in memory: the default. It does not survive the process; the router then reserves in its own memory only and never calls it.</summary>
/// <remarks>Thread-safe. Behaves as a lasting store does, so that it can stand in for one in tests.</remarks>
public sealed class InMemoryRoutingStateStore : IRoutingStateStore, IVolatileStore
{
    /// <summary>How long a settlement is remembered, so that a repeated one is known.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromDays(7);

    private readonly TimeProvider _time;

    // Guards everything below.
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Kind, string Key), RoutingStateEntry> _entries = [];
    private readonly Dictionary<BudgetKey, StoredWindow> _windows = [];
    private readonly Dictionary<string, HeldReservation> _reservations = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _settled = new(StringComparer.Ordinal);
    private DateTimeOffset _forgotten;

    /// <summary>Creates an empty store.</summary>
    /// <param name="timeProvider">The clock that decides when a reservation ends; <see langword="null"/> for the system's.</param>
    public InMemoryRoutingStateStore(TimeProvider? timeProvider = null) => _time = timeProvider ?? TimeProvider.System;

    /// <inheritdoc/>
    public ValueTask<ValueList<RoutingStateEntry>> LoadAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return ValueTask.FromResult<ValueList<RoutingStateEntry>>([.. _entries.Values.OrderBy(entry => entry.Kind, StringComparer.Ordinal).ThenBy(entry => entry.Key, StringComparer.Ordinal)]);
        }
    }

    /// <inheritdoc/>
    public ValueTask SaveAsync(ValueList<RoutingStateEntry> entries, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entries);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            foreach (var entry in entries)
            {
                _entries[(entry.Kind, entry.Key)] = entry;
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<BudgetReservationResult> ReserveAsync(BudgetReservation reservation, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reservation);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            Expire(now);
            BudgetKey? exhausted = null;
            if (!_reservations.ContainsKey(reservation.Id) && !_settled.ContainsKey(reservation.Id))
            {
                exhausted = Hold(reservation.Claims);
                if (exhausted is null)
                {
                    _reservations.Add(reservation.Id, new HeldReservation(reservation.Claims, now + reservation.Duration));
                }
            }

            return ValueTask.FromResult(new BudgetReservationResult(exhausted is null, exhausted, Balances(reservation.Claims)));
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> RenewAsync(string id, TimeSpan duration, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(id);
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, BudgetReservation.MinDuration);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(duration, BudgetReservation.MaxDuration);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            Expire(now);
            if (!_reservations.TryGetValue(id, out var held))
            {
                return ValueTask.FromResult(false);
            }

            _reservations[id] = held with { EndsAt = now + duration > held.EndsAt ? now + duration : held.EndsAt };
            return ValueTask.FromResult(true);
        }
    }

    /// <inheritdoc/>
    public ValueTask<ValueList<BudgetBalance>> SettleAsync(BudgetSettlement settlement, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settlement);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            Expire(now);
            if (_settled.TryAdd(settlement.Id, now))
            {
                if (_reservations.Remove(settlement.Id, out var held))
                {
                    GiveBack(held.Claims);
                }

                foreach (var key in settlement.Claims.Select(claim => claim.Key).Distinct())
                {
                    var window = WindowOf(key);
                    window.SpentNano += settlement.NanoUsd;
                    window.SpentTokens += settlement.Tokens;
                }
            }

            return ValueTask.FromResult(Balances(settlement.Claims));
        }
    }

    /// <inheritdoc/>
    public ValueTask<ValueList<BudgetBalance>> ListBalancesAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            Expire(_time.GetUtcNow());
            return ValueTask.FromResult<ValueList<BudgetBalance>>(
                [.. _windows.Where(window => window.Key.WindowEnd is not { } end || end > now)
                    .OrderBy(window => window.Key.Budget, StringComparer.Ordinal).ThenBy(window => window.Key.Owner, StringComparer.Ordinal).ThenBy(window => window.Key.WindowStart)
                    .Select(window => window.Value.ToBalance(window.Key))]);
        }
    }

    private StoredWindow WindowOf(BudgetKey key)
    {
        if (!_windows.TryGetValue(key, out var window))
        {
            _windows.Add(key, window = new StoredWindow());
        }

        return window;
    }

    private BudgetKey? Hold(ValueList<BudgetClaim> claims)
    {
        // What is used up lets nothing in, not even 0. All are added before any is compared: several claims on one window count together, under the lowest of their caps.
        bool[] isUsedUp = [.. claims.Select(claim => WindowOf(claim.Key).IsUsedUp(claim))];
        foreach (var claim in claims)
        {
            var window = WindowOf(claim.Key);
            window.ReservedNano += claim.NanoUsd;
            window.ReservedTokens += claim.Tokens;
        }

        foreach (var (i, claim) in claims.Index())
        {
            if (isUsedUp[i] || !WindowOf(claim.Key).Keeps(claim))
            {
                GiveBack(claims);
                return claim.Key;
            }
        }

        return null;
    }

    private void GiveBack(IEnumerable<BudgetClaim> claims)
    {
        foreach (var claim in claims)
        {
            var window = WindowOf(claim.Key);
            window.ReservedNano -= claim.NanoUsd;
            window.ReservedTokens -= claim.Tokens;
        }
    }

    private ValueList<BudgetBalance> Balances(ValueList<BudgetClaim> claims) =>
        [.. claims.Select(claim => claim.Key).Distinct().Select(key => WindowOf(key).ToBalance(key))];

    private void Expire(DateTimeOffset now)
    {
        foreach (var (id, held) in _reservations.Where(held => held.Value.EndsAt <= now).ToList())
        {
            _reservations.Remove(id);
            GiveBack(held.Claims);
        }

        // Old windows and settlements go once an hour; a window that is over may still be settled for a while.
        if (now - _forgotten < TimeSpan.FromHours(1))
        {
            return;
        }

        _forgotten = now;
        foreach (var (key, _) in _windows.Where(window => window.Key.WindowEnd is { } end && end + Memory < now && window.Value.IsIdle).ToList())
        {
            _windows.Remove(key);
        }

        foreach (var (id, _) in _settled.Where(settled => settled.Value + Memory < now).ToList())
        {
            _settled.Remove(id);
        }
    }

    private sealed record HeldReservation(ValueList<BudgetClaim> Claims, DateTimeOffset EndsAt);

    private sealed class StoredWindow
    {
        // Wider than an amount: no sum of them overflows.
        public Int128 SpentNano { get; set; }

        public Int128 ReservedNano { get; set; }

        public Int128 SpentTokens { get; set; }

        public Int128 ReservedTokens { get; set; }

        public bool IsIdle => ReservedNano == 0 && ReservedTokens == 0;

        public bool Keeps(in BudgetClaim claim) =>
            (claim.MaxNanoUsd is not { } usd || SpentNano + ReservedNano <= usd) && (claim.MaxTokens is not { } tokens || SpentTokens + ReservedTokens <= tokens);

        public bool IsUsedUp(in BudgetClaim claim) => SpentNano + ReservedNano >= claim.MaxNanoUsd || SpentTokens + ReservedTokens >= claim.MaxTokens;

        public BudgetBalance ToBalance(BudgetKey key) => new(key, Told(SpentNano), Told(ReservedNano), Told(SpentTokens), Told(ReservedTokens));

        private static long Told(Int128 sum) => (long)Int128.Min(sum, long.MaxValue);
    }
}
