using Microsoft.Extensions.Logging;
using Orchestrator.Routing.Diagnostics;
using Orchestrator.Tasks;

namespace Orchestrator.Routing.Attempts;

/// <summary>Runs one attempt, or two at the same time when the task allows it. The first to succeed wins; the other is cancelled, waited for and charged.</summary>
internal sealed class AttemptRace(AttemptPlanner planner, AttemptCarrier carrier, ProviderRegistry registry, TrafficShare hedges, TimeProvider time, ILogger logger)
{
    private const int FreeHedgesEachMinute = 1;

    public async Task<(Tried<TResult> Last, Tried<TResult>? Won)> RunAsync<TResult>(
        AttemptRun run, NextAttempt first, Func<AttemptContext, CancellationToken, ValueTask<AttemptResult<TResult>>> body, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var one = carrier.RunAsync(first.Context!, first.Admission, body, stop.Token);
        Task<Tried<TResult>>? two = null;
        try
        {
            if (await SecondAsync(run, first, one, cancellationToken).ConfigureAwait(false) is not { Context: { } context } second)
            {
                return Ended(run, await one.ConfigureAwait(false));
            }

            two = carrier.RunAsync(context, second.Admission, body, stop.Token);
            var ended = await Task.WhenAny(one, two).ConfigureAwait(false);
            var result = Ended(run, await ended.ConfigureAwait(false));
            return result.Won is not null ? result : Ended(run, await (ended == one ? two : one).ConfigureAwait(false));
        }
        finally
        {
            // The loser; also both, when something broke: nobody works on, and nothing is paid unseen.
            await stop.CancelAsync().ConfigureAwait(false);
            await LoseAsync(run, one).ConfigureAwait(false);
            await LoseAsync(run, two).ConfigureAwait(false);
        }
    }

    private static async ValueTask CloseAsync<TResult>(Tried<TResult> lost)
    {
        try
        {
            if (lost.Result.Value is IAsyncDisposable value)
            {
                await value.DisposeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            if (lost.Open is { } open)
            {
                await open.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private static (Tried<TResult> Last, Tried<TResult>? Won) Ended<TResult>(AttemptRun run, Tried<TResult> tried)
    {
        run.Ends(tried.Trace);
        return (tried, tried.Result.Succeeded ? tried : null);
    }

    /// <summary>The second provider, once it is its turn; <see langword="null"/> when there is none or the first was quick enough.</summary>
    private async ValueTask<NextAttempt?> SecondAsync(AttemptRun run, NextAttempt first, Task one, CancellationToken cancellationToken)
    {
        var racing = run.Request.Task.Racing;
        if (racing is not (TaskRacing.Hedge or TaskRacing.Race) || run.Request.Task.Provider is not null || !run.MayTryAgain)
        {
            return null;
        }

        if (racing == TaskRacing.Hedge)
        {
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var delay = Task.Delay(run.Config.HedgeDelay ?? LearnedDelay(first.Decision, run.Request.Task.Type), time, enough.Token);
            var early = await Task.WhenAny(one, delay).ConfigureAwait(false) == one;
            await enough.CancelAsync().ConfigureAwait(false);
            if (early || cancellationToken.IsCancellationRequested || !hedges.TryTake(FreeHedgesEachMinute))
            {
                return null;
            }
        }

        var second = await planner.NextAsync(run, isHedge: true, cancellationToken).ConfigureAwait(false);
        if (second.Context is not null)
        {
            Log.SecondStarted(logger, run.Request.Task.Id, second.Decision.Provider!, first.Decision.Provider!, racing);
        }

        return second;
    }

    private TimeSpan LearnedDelay(in RoutingDecision decision, AgentTaskType type) =>
        registry.Estimates.HedgeDelay(registry.Snapshot.Indexes[decision.Provider!], type, decision.Complexity);

    private async ValueTask LoseAsync<TResult>(AttemptRun run, Task<Tried<TResult>>? loser)
    {
        if (loser is null)
        {
            return;
        }

        try
        {
            var lost = await loser.ConfigureAwait(false);
            if (run.Ends(lost.Trace))
            {
                await CloseAsync(lost).ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // The task has its result, or a failure of its own: nothing that the loser breaks may hide it, a cancellation no more than any other. Its money is settled.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Log.LoserBroke(logger, error, run.Request.Task.Id);
        }
    }
}
