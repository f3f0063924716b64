using Orchestrator.Providers;
using Orchestrator.Routing.Snapshots;
using Orchestrator.Routing.State;

namespace Orchestrator.Routing.Health;

/// <summary>What is known about the health of every candidate: passively from outcomes, actively from checks, the two kept apart.</summary>
/// <remarks>Thread-safe, without locks. One a registry.</remarks>
internal sealed class HealthBook(ProviderState[] states)
{
    private readonly OutcomeWindow[] _windows = new OutcomeWindow[states.Length];
    private readonly ActiveCheck?[] _checks = new ActiveCheck?[states.Length];

    // Who has the probe, see CircuitBreaker. Beside the states, which are what a decision reads.
    private readonly long[] _probes = new long[states.Length];

    // Guards what operators said and when, by candidate; the hot path reads only the state's own field.
    private readonly Lock _saying = new();
    private readonly SavedDraining[] _draining = new SavedDraining[states.Length];

    /// <summary>What operators last said; never when the time is 0.</summary>
    public SavedDraining DrainingOf(int candidate)
    {
        lock (_saying)
        {
            return _draining[candidate];
        }
    }

    /// <summary>Drains or resumes by call; false when it was so already.</summary>
    public bool SetDraining(int candidate, bool isDraining, long now)
    {
        lock (_saying)
        {
            if (_draining[candidate].IsDraining == isDraining)
            {
                return false;
            }

            // Later than what was said before, also when the clock went back or stood still.
            Say(candidate, new SavedDraining(isDraining, Math.Max(now, _draining[candidate].At + 1)));
            return true;
        }
    }

    /// <summary>Takes over what another process said, if that is later.</summary>
    /// <returns>Whether that changed anything.</returns>
    public bool TakeOverDraining(int candidate, SavedDraining said)
    {
        lock (_saying)
        {
            var before = _draining[candidate];
            if (said.At <= before.At)
            {
                return false;
            }

            Say(candidate, said);
            return before.IsDraining != said.IsDraining;
        }
    }

    /// <summary>Lets an attempt of a decision in: always while the breaker is closed, and as its only probe when it is half-open.</summary>
    public bool TryEnter(int candidate, long now, TimeSpan probeTimeout, Guid decision) =>
        CircuitBreaker.TryEnter(ref states[candidate], ref _probes[candidate], now, probeTimeout, decision);

    /// <summary>Gives a probe back that told nothing, if the decision has it.</summary>
    public void ReleaseProbe(int candidate, Guid decision) => CircuitBreaker.Release(ref states[candidate], ref _probes[candidate], decision);

    /// <summary>Takes in how an attempt ended.</summary>
    /// <param name="snapshot">The settings.</param>
    /// <param name="candidate">Who made the attempt.</param>
    /// <param name="outcome">How it ended.</param>
    /// <param name="now">UTC ticks.</param>
    public HealthChange Report(RoutingSnapshot snapshot, int candidate, in ExecutionOutcome outcome, long now)
    {
        ref var state = ref states[candidate];
        ref var window = ref _windows[candidate];
        var config = snapshot.Config;
        if (outcome.Failure is not { } failure)
        {
            Interlocked.Increment(ref window.Succeeded);
            window.Add(now, config.BreakerWindow.Ticks, failed: false);
            return CircuitBreaker.Close(ref state) ? Closed(ref window) : default;
        }

        switch (FailureEffects.Of(failure))
        {
            case FailureEffect.Failure:
                Interlocked.Increment(ref window.Failed);
                window.Add(now, config.BreakerWindow.Ticks, failed: true);
                return Opened(ref window, CircuitBreaker.Fail(ref state, now, outcome.RetryAfter, config, (ulong)candidate, IsRatioReached(ref window, config, now)));
            case FailureEffect.Fatal:
                Interlocked.Increment(ref window.Failed);
                return Opened(ref window, CircuitBreaker.FailFatally(ref state, now, outcome.RetryAfter, config));
            case FailureEffect.RateLimited:
                Interlocked.Increment(ref window.Limited);
                ReleaseProbe(candidate, outcome.DecisionId);
                return Waits(ref state.LimitedUntil, now, outcome.RetryAfter ?? config.RateLimitDelay);
            case FailureEffect.Quota:
                Interlocked.Increment(ref window.Limited);
                ReleaseProbe(candidate, outcome.DecisionId);
                return Waits(ref state.QuotaUntil, now, outcome.RetryAfter ?? config.QuotaDelay);
            default:
                Interlocked.Increment(ref window.Neutral);
                ReleaseProbe(candidate, outcome.DecisionId);
                return default;
        }
    }

    /// <summary>Takes in what a health check found.</summary>
    /// <returns>Until when the candidate counts as unhealthy; 0 when it does not.</returns>
    public long Checked(RoutingSnapshot snapshot, int candidate, ProviderHealth health, DateTimeOffset now)
    {
        var config = snapshot.Config;
        var before = Volatile.Read(ref _checks[candidate])?.FailuresInRow ?? 0;
        var check = new ActiveCheck(now, health, health.Status == HealthStatus.Unhealthy ? before + 1 : 0);
        Volatile.Write(ref _checks[candidate], check);
        if (check.FailuresInRow == 0)
        {
            Interlocked.Exchange(ref states[candidate].UnhealthyUntil, 0);
            return 0;
        }

        if (check.FailuresInRow < config.HealthCheckFailureThreshold)
        {
            return Volatile.Read(ref states[candidate].UnhealthyUntil);
        }

        // Checks that run by themselves must not let a verdict lapse between two rounds.
        var rounds = config.HealthCheckInterval is { } interval ? interval * 2 : TimeSpan.Zero;
        var until = (now + (config.HealthCheckValidity > rounds ? config.HealthCheckValidity : rounds)).UtcTicks;
        Interlocked.Exchange(ref states[candidate].UnhealthyUntil, until);
        return until;
    }

    public ActiveCheck? CheckOf(int candidate) => Volatile.Read(ref _checks[candidate]);

    public ref OutcomeWindow WindowOf(int candidate) => ref _windows[candidate];

    private void Say(int candidate, SavedDraining said)
    {
        _draining[candidate] = said;
        Interlocked.Exchange(ref states[candidate].Draining, said.IsDraining ? 1 : 0);
    }

    private static bool IsRatioReached(ref OutcomeWindow window, RoutingConfig config, long now)
    {
        var (attempts, failures) = window.Sum(now, config.BreakerWindow.Ticks);
        return attempts >= config.MinimumAttempts && failures >= attempts * config.FailureRatio;
    }

    private static HealthChange Closed(ref OutcomeWindow window)
    {
        // The failures that opened the breaker must not open it again with the next one.
        window.Clear();
        return new HealthChange(HealthChangeKind.BreakerClosed, 0);
    }

    private static HealthChange Opened(ref OutcomeWindow window, long until)
    {
        if (until == 0)
        {
            return default;
        }

        window.Clear();
        return new HealthChange(HealthChangeKind.BreakerOpened, until);
    }

    private static HealthChange Waits(ref long field, long now, TimeSpan wait) =>
        new(HealthChangeKind.Waits, CircuitBreaker.Raise(ref field, now + CircuitBreaker.Clamp(wait).Ticks));
}
