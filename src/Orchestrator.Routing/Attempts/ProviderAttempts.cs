using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Providers;
using Orchestrator.Routing.Diagnostics;

namespace Orchestrator.Routing.Attempts;

/// <summary>Tries providers at a task until one succeeds or none is left. The only retry and fallback loop of the family.</summary>
/// <remarks>
/// Thread-safe; one instance a host, so that retries are limited as a share of all its traffic. Failures are values; the only exceptions are
/// <see cref="OperationCanceledException"/> when the caller gives up, and what the caller's own code throws.
/// </remarks>
public sealed class ProviderAttempts
{
    // A wait that is over at once counts as much, so that nobody is asked again and again.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1);

    private readonly ProviderRegistry _registry;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly AttemptPlanner _planner;
    private readonly AttemptRace _race;
    private readonly TrafficShare _retries;
    private readonly TrafficShare _hedges;

    /// <summary>Creates the loop.</summary>
    /// <param name="router">Chooses.</param>
    /// <param name="registry">The providers.</param>
    /// <param name="admission">Keeps to limits and budgets.</param>
    /// <param name="timeProvider">The clock; <see langword="null"/> for the system's.</param>
    /// <param name="logger">Where retries, fallbacks and waits are logged; <see langword="null"/> for nowhere.</param>
    public ProviderAttempts(
        IProviderRouter router, ProviderRegistry registry, IProviderAdmission admission, TimeProvider? timeProvider = null, ILogger<ProviderAttempts>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(router);
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(admission);
        _registry = registry;
        _time = timeProvider ?? TimeProvider.System;
        _logger = logger ?? (ILogger)NullLogger.Instance;
        _retries = new TrafficShare(_time);
        _hedges = new TrafficShare(_time);
        _planner = new AttemptPlanner(router, registry, admission, _time, _logger);
        _race = new AttemptRace(_planner, new AttemptCarrier(router, _time), registry, _hedges, _time, _logger);
    }

    /// <summary>Tries.</summary>
    /// <typeparam name="TResult">What a successful attempt gives.</typeparam>
    /// <param name="request">What is to be attempted.</param>
    /// <param name="attempt">Carries out one attempt. It honours the token: a loser of a race is cancelled by it. With hedging and races it runs twice at the same time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What the attempts came to.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up; what was spent is booked.</exception>
    public async Task<AttemptOutcome<TResult>> RunAsync<TResult>(
        AttemptRequest request, Func<AttemptContext, CancellationToken, ValueTask<AttemptResult<TResult>>> attempt, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(attempt);
        var config = _registry.Snapshot.Config.Attempts;
        var run = new AttemptRun(request, config);
        if (EndsUnasked(run) is { } reason)
        {
            return run.EndUnasked<TResult>(reason, _time.GetUtcNow());
        }

        _retries.Pay(config.RetryShare);
        _hedges.Pay(config.HedgeShare);
        using var deadline = new AttemptDeadline(request.Task.Deadline, _time, cancellationToken);
        try
        {
            return await TryAllAsync(run, attempt, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (deadline.HasPassed && !cancellationToken.IsCancellationRequested)
        {
            // Cancelled while a wait or the admission was under way: the attempts before it are told all the same.
            return run.End<TResult>(run.LastDecision, deadline.Failure(request.Task.Id));
        }
    }

    private async Task<AttemptOutcome<TResult>> TryAllAsync<TResult>(
        AttemptRun run, Func<AttemptContext, CancellationToken, ValueTask<AttemptResult<TResult>>> attempt, CancellationToken cancellationToken)
    {
        var next = await _planner.NextAsync(run, isHedge: false, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            run.LastDecision = next.Decision;
            if (next.Context is not { } context)
            {
                if (await MayComeLaterAsync(run, next.Decision, cancellationToken).ConfigureAwait(false))
                {
                    next = await _planner.NextAsync(run, isHedge: false, cancellationToken).ConfigureAwait(false);
                    continue;
                }

                return run.EndRejected<TResult>(next.Decision) with { EligibleAt = _planner.EligibleAt(run, run.Constraints(isAnew: true)) };
            }

            var (last, won) = await _race.RunAsync(run, next, attempt, cancellationToken).ConfigureAwait(false);
            if (won is { } winner)
            {
                return new AttemptOutcome<TResult> { Value = winner.Result.Value, Open = winner.Open, Decision = winner.Decision, Attempts = [.. run.Traces] };
            }

            cancellationToken.ThrowIfCancellationRequested();
            var failure = last.Result.Failure!;
            run.LastDecision = last.Decision;
            if (StopsHere(run, last.Result.IsCommitted, failure) is { } reason)
            {
                return run.End<TResult>(last.Decision, reason);
            }

            next = await FollowAsync(run, last.Decision, failure, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Why nobody is asked at all: what was tried and spent before this call counts. <see langword="null"/> when somebody may be.</summary>
    private static AgentFailure? EndsUnasked(AttemptRun run) =>
        !run.MayTryAgain
            ? new AgentFailure
            {
                Class = FailureClass.Crashed,
                Message = $"{run.Request.AttemptsBefore} attempts were made at the task before and came to nothing; {run.MaxAttempts} are the most.",
            }
            : run.IsBudgetSpent ? run.BudgetSpent(last: null)
            : null;

    /// <summary>Why there is no further attempt; <see langword="null"/> when there may be one.</summary>
    private AgentFailure? StopsHere(AttemptRun run, bool isCommitted, AgentFailure failure)
    {
        if (isCommitted || FailureResponses.Of(failure.Class) == FailureResponse.Stop || !run.MayTryAgain)
        {
            return failure;
        }

        if (run.IsBudgetSpent)
        {
            return run.BudgetSpent(failure);
        }

        if (_retries.TryTake(run.Config.FreeRetries))
        {
            return null;
        }

        Log.RetriesSpent(_logger, run.Request.Task.Id);
        return failure;
    }

    private async ValueTask<NextAttempt> FollowAsync(AttemptRun run, RoutingDecision failed, AgentFailure failure, CancellationToken cancellationToken)
    {
        var provider = failed.Provider!;
        var response = FailureResponses.Of(failure.Class);
        Log.AttemptFailed(_logger, run.Request.Task.Id, provider, failure.Class, response);
        if (response == FailureResponse.RetrySame && run.RetriesOfSame < run.Config.RetriesOfSameProvider)
        {
            await WaitAsync(run, run.Config.RetryDelay * Math.Pow(2, run.RetriesOfSame), failure.RetryAfter, cancellationToken).ConfigureAwait(false);
            run.RetriesOfSame++;
            if (await _planner.OnlyAsync(run, provider, cancellationToken).ConfigureAwait(false) is { } again)
            {
                return again;
            }
        }

        run.RetriesOfSame = 0;
        if (response == FailureResponse.NextOrWait)
        {
            run.Waits(provider);
        }
        else if (response == FailureResponse.NextWithMoreContext)
        {
            run.NeedsMoreContextThan(_registry.Find(provider)?.Descriptor.Models.Max(model => model.ContextWindow) ?? 0);
        }

        return await _planner.NextAsync(run, isHedge: false, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits for a provider that asked for it, when nobody else is left and the wait is short.</summary>
    private async ValueTask<bool> MayComeLaterAsync(AttemptRun run, RoutingDecision rejected, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var at = run.TakeBackWaiting() ? _planner.EligibleAt(run, run.Constraints()) : rejected.Rejection!.EligibleAt;
        if (at is not { } time || time - now > run.Config.MaxWait || run.Waited >= run.Config.MaxWait)
        {
            return false;
        }

        var wait = time > now ? time - now : TimeSpan.Zero;
        run.Waited += wait > ShortestWait ? wait : ShortestWait;
        run.Refusals.Clear();
        Log.WaitsForProvider(_logger, run.Request.Task.Id, time);
        await Task.Delay(wait, _time, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private async ValueTask WaitAsync(AttemptRun run, TimeSpan delay, TimeSpan? asked, CancellationToken cancellationToken)
    {
        var jitter = 1 + (0.25 * Snapshots.Mixer.Fraction(_registry.Snapshot.Config.Seed ^ (ulong)run.Traces.Count ^ (ulong)_time.GetTimestamp()));
        var wait = delay * jitter;
        await Task.Delay(asked > wait && asked <= run.Config.MaxWait ? asked.Value : wait, _time, cancellationToken).ConfigureAwait(false);
    }
}
