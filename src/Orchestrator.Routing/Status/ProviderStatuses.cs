using Microsoft.Extensions.Logging;
using Orchestrator.Providers;
using Orchestrator.Routing.Budgets;
using Orchestrator.Routing.Diagnostics;
using Orchestrator.Routing.Learning;
using Orchestrator.Routing.Limits;
using Orchestrator.Routing.Selection;
using Orchestrator.Routing.Snapshots;
using Orchestrator.Tasks;

namespace Orchestrator.Routing.Status;

/// <summary>Reads the live state of a registry.</summary>
internal sealed class ProviderStatuses(ProviderRegistry registry, TimeProvider time, ILogger logger) : IProviderStatuses
{
    private static readonly AgentTaskType[] Types = [AgentTaskType.Generate, AgentTaskType.Fix, AgentTaskType.Refactor, AgentTaskType.Optimize];

    /// <inheritdoc/>
    public ProviderStatus Get(string provider)
    {
        var snapshot = registry.Snapshot;
        return Read(snapshot, IndexOf(snapshot, provider), time.GetUtcNow().UtcTicks);
    }

    /// <inheritdoc/>
    public ValueList<ProviderStatus> List()
    {
        var snapshot = registry.Snapshot;
        var now = time.GetUtcNow().UtcTicks;
        return [.. Enumerable.Range(0, snapshot.Count).Select(candidate => Read(snapshot, candidate, now))];
    }

    /// <inheritdoc/>
    public bool Drain(string provider) => Set(provider, isDraining: true);

    /// <inheritdoc/>
    public bool Resume(string provider) => Set(provider, isDraining: false);

    private static int IndexOf(RoutingSnapshot snapshot, string provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return snapshot.Indexes.TryGetValue(provider, out var candidate)
            ? candidate
            : throw new ArgumentException(RoutingMessages.UnknownProvider(snapshot, provider), nameof(provider));
    }

    private bool Set(string provider, bool isDraining)
    {
        var snapshot = registry.Snapshot;
        var candidate = IndexOf(snapshot, provider);
        if (!registry.Health.SetDraining(candidate, isDraining, time.GetUtcNow().UtcTicks))
        {
            return false;
        }

        if (isDraining)
        {
            Log.Draining(logger, snapshot.Names[candidate], Volatile.Read(ref registry.States[candidate].InFlight));
        }
        else
        {
            Log.Resumed(logger, snapshot.Names[candidate]);
        }

        return true;
    }

    private ProviderStatus Read(RoutingSnapshot snapshot, int candidate, long now)
    {
        registry.Budgets.Sweep(now);
        ref var state = ref registry.States[candidate];
        ref var window = ref registry.Health.WindowOf(candidate);
        var provider = snapshot.Providers[candidate];
        var check = registry.Health.CheckOf(candidate);
        var recent = window.Sum(now, snapshot.Config.BreakerWindow.Ticks);
        var open = Volatile.Read(ref state.OpenUntil);
        return new ProviderStatus
        {
            Provider = provider.Name,
            IsEnabled = provider.IsEnabled,
            IsDraining = provider.IsDraining || Volatile.Read(ref state.Draining) != 0,
            Health = check?.Health.Status ?? HealthStatus.Unknown,
            HealthMessage = check?.Health.Message,
            HealthCheckedAt = check?.At,
            UnhealthyUntil = After(now, Volatile.Read(ref state.UnhealthyUntil)),
            Breaker = open == 0 ? BreakerState.Closed : open > now ? BreakerState.Open : BreakerState.HalfOpen,
            BreakerOpenUntil = After(now, open),
            FailuresInRow = Volatile.Read(ref state.Failures),
            RecentAttempts = recent.Attempts,
            RecentFailures = recent.Failures,
            RateLimitedUntil = After(now, Volatile.Read(ref state.LimitedUntil)),
            QuotaExhaustedUntil = After(now, Volatile.Read(ref state.QuotaUntil)),
            NextAttemptFrom = After(now, Math.Max(Volatile.Read(ref state.RequestsFrom), Volatile.Read(ref state.TokensFrom))),
            InFlight = Volatile.Read(ref state.InFlight),
            MaxConcurrent = provider.Descriptor.Limits.Concurrent,
            RequestsToday = DayLimit.Count(Volatile.Read(ref state.Day), now),
            MaxRequestsPerDay = provider.Descriptor.Limits.RequestsPerDay,
            Budgets = Budgets(snapshot, candidate, now),
            SuccessRates = [.. Types.Select(type => new ProviderSuccessRate(type, SuccessRate(candidate, type)))],
            Succeeded = Volatile.Read(ref window.Succeeded),
            Failed = Volatile.Read(ref window.Failed),
            Limited = Volatile.Read(ref window.Limited),
            Neutral = Volatile.Read(ref window.Neutral),
        };
    }

    private double SuccessRate(int candidate, AgentTaskType type) =>
        EstimateCell.First(Volatile.Read(ref registry.Estimates.Cells[(candidate * Estimates.CellsPerCandidate) + Estimates.CellOf(type, TaskComplexity.Unknown)].Success));

    private ValueList<BudgetStatus> Budgets(RoutingSnapshot snapshot, int candidate, long now)
    {
        // Those of tenants and tasks depend on the task, not on the provider.
        var seats = registry.Budgets.PlanOf(snapshot).ByCandidate[candidate];
        return [.. seats.Where(seat => seat.Cell is not null).Select(seat => Of(seat, BudgetBook.Read(seat, seat.Cell!.Owner, now)))];
    }

    private static BudgetStatus Of(BudgetSeat seat, BudgetReading left) => new(
        seat.Config.Name,
        seat.Config.Scope,
        seat.Config.CapsMoney ? NanoUsd.ToUsd(left.NanoUsd) : null,
        seat.Config.CapsMoney ? NanoUsd.ToUsd(seat.Config.MaxNanoUsd) : null,
        seat.Config.CapsTokens ? left.Tokens : null,
        seat.Config.CapsTokens ? seat.Config.MaxTokens : null,
        After(0, left.Until));

    private static DateTimeOffset? After(long now, long time) => time > now ? new DateTimeOffset(time, TimeSpan.Zero) : null;
}
