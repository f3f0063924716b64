using System.Diagnostics;
using Orchestrator.Providers;
using Orchestrator.Routing.Diagnostics;

namespace Orchestrator.Routing.Attempts;

/// <summary>Carries out one admitted attempt: runs it, settles its money, tells the router.</summary>
internal sealed class AttemptCarrier(IProviderRouter router, TimeProvider time)
{
    private static readonly AgentFailure Cancelled = new() { Class = FailureClass.Cancelled, Message = "The attempt was cancelled." };

    public async Task<Tried<TResult>> RunAsync<TResult>(
        AttemptContext context, ProviderAdmission admission, Func<AttemptContext, CancellationToken, ValueTask<AttemptResult<TResult>>> body, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var activity = RoutingActivity.StartAttempt(context.Task, context.Decision, context.Provider.Name, context.Model, context.Number);
        AttemptResult<TResult> result;
        try
        {
            result = await body(context, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            result = new AttemptResult<TResult> { Failure = Cancelled };
        }
        catch
        {
            // Broken machinery says nothing about the provider, but its work may have cost money.
            await EndAsync(context, admission, activity, start, new AttemptEnd(Cancelled, null, null), began: true).ConfigureAwait(false);
            throw;
        }

        if (result is { IsOpen: true, Succeeded: true })
        {
            var open = new OpenAttempt(context, async end => await EndAsync(context, admission, activity, start, end, began: true).ConfigureAwait(false));
            return new Tried<TResult>(Trace(context, null, time.GetElapsedTime(start), 0, 0), result, open, context.Decision);
        }

        var trace = await EndAsync(context, admission, activity, start, new AttemptEnd(result.Failure, result.CostUsd, result.Tokens) { Usage = result.Usage }, result.Began).ConfigureAwait(false);
        return new Tried<TResult>(trace, result, null, context.Decision);
    }

    private static AttemptTrace Trace(AttemptContext context, AgentFailure? failure, TimeSpan duration, decimal costUsd, long tokens) => new(
        context.Id, context.Number, context.Provider.Name, context.Model, context.Decision.Id, failure, duration, costUsd, tokens, context.IsHedge);

    private async ValueTask<AttemptTrace> EndAsync(AttemptContext context, ProviderAdmission admission, Activity? activity, long start, AttemptEnd end, bool began)
    {
        var duration = time.GetElapsedTime(start);
        decimal? cost = end.CostUsd is { } paid ? Math.Max(0, paid) : null;
        long? tokens = end.Tokens is { } used ? Math.Max(0, used) : null;

        // What nobody counted is charged as expected, and never told as if it were known: the router would learn its own guess.
        var charged = cost ?? (began ? (decimal)context.Decision.ExpectedPriceUsd : 0);
        try
        {
            Tell(context, end, duration, cost, tokens, began);
            RoutingActivity.End(activity, end.Failure?.Class, end.Usage, tokens, cost);
        }
        finally
        {
            // Not to be given up: money that was spent is booked, also when the caller is gone.
            await admission.SettleAsync(charged, tokens ?? (began ? context.Decision.ExpectedTokens : 0), CancellationToken.None).ConfigureAwait(false);
        }

        return Trace(context, end.Failure, duration, charged, tokens ?? 0);
    }

    private void Tell(AttemptContext context, AttemptEnd end, TimeSpan duration, decimal? cost, long? tokens, bool began)
    {
        if (!began)
        {
            UnusedDecision.GiveBack(router, context.Decision, context.Task.Type);
            return;
        }

        router.Report(new ExecutionOutcome(
            context.Decision.Id,
            context.Provider.Name,
            context.Task.Type,
            OutcomeStage.Ended,
            end.Failure?.Class,
            end.Failure?.RetryAfter,
            duration,
            cost ?? 0,
            tokens ?? 0,
            context.Decision.Complexity));
    }
}
