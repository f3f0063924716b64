using Microsoft.Extensions.Logging;
using Orchestrator.Providers;
using Orchestrator.Routing.Diagnostics;

namespace Orchestrator.Routing.Attempts;

/// <summary>Finds who makes the next attempt, and takes what it needs.</summary>
internal sealed class AttemptPlanner(IProviderRouter router, IProviderRegistry registry, IProviderAdmission admission, TimeProvider time, ILogger logger)
{
    private const int MostRefusals = 64;

    /// <summary>The best provider that was not tried yet and lets one more in.</summary>
    /// <param name="run">The attempts so far.</param>
    /// <param name="chain">Who the provider that failed names as its successors, in this order; tried before all others.</param>
    /// <param name="isHedge">Whether it starts beside another attempt.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<NextAttempt> NextAsync(AttemptRun run, IEnumerable<string> chain, bool isHedge, CancellationToken cancellationToken)
    {
        foreach (var name in chain)
        {
            if (await SameAsync(run, name, isHedge, cancellationToken).ConfigureAwait(false) is { Context: not null } successor)
            {
                return successor;
            }
        }

        var refusedOnce = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var refusals = 0; ; refusals++)
        {
            var decision = router.Route(run.Request.Task, run.Constraints());
            if (decision.IsRejected || refusals == MostRefusals)
            {
                return NextAttempt.Rejected(decision);
            }

            var next = await AdmitAsync(run, decision, isHedge, cancellationToken).ConfigureAwait(false);
            if (next.Context is not null)
            {
                return next;
            }

            // Somebody else took the last place between decision and admission: the router sees that now. If it does not, it looks elsewhere.
            if (!refusedOnce.Add(decision.Provider!))
            {
                run.Refused(decision.Provider!);
            }
        }
    }

    /// <summary>One provider by name, if it can still do the task.</summary>
    public async ValueTask<NextAttempt> SameAsync(AttemptRun run, string provider, bool isHedge, CancellationToken cancellationToken)
    {
        var decision = router.Route(run.Request.Task with { Provider = provider }, run.Constraints(except: provider));
        return decision.IsRejected ? NextAttempt.Rejected(decision) : await AdmitAsync(run, decision, isHedge, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>When somebody may be asked under the constraints; now when somebody can be.</summary>
    public DateTimeOffset? EligibleAt(AttemptRun run, RoutingConstraints? constraints)
    {
        var decision = router.Explain(run.Request.Task, constraints).Decision;
        return decision.Rejection is { } rejection ? rejection.EligibleAt : time.GetUtcNow();
    }

    private async ValueTask<NextAttempt> AdmitAsync(AttemptRun run, RoutingDecision decision, bool isHedge, CancellationToken cancellationToken)
    {
        var id = Identifiers.Create(time.GetUtcNow());
        var expected = (decimal)decision.ExpectedPriceUsd;
        var admitted = await admission.AdmitAsync(
            new AdmissionRequest(run.Request.Task, decision.Provider!, id, expected, decision.ExpectedTokens, run.Request.ReservationDuration), cancellationToken).ConfigureAwait(false);
        if (!admitted.IsAdmitted)
        {
            Log.AdmissionRefused(logger, run.Request.Task.Id, decision.Provider!, admitted.Rejection?.Text ?? "no reason given");
            (router as ProviderRouter)?.Metrics?.Refused(decision.Provider!, admitted.Rejection?.Reason ?? RejectionReason.None);
            GiveProbeBack(run, decision);
            return NextAttempt.Rejected(decision);
        }

        run.Number++;
        return new NextAttempt(
            decision,
            new AttemptContext
            {
                Id = id,
                Number = run.Number,
                Task = run.Request.Task,
                Decision = decision,
                Provider = registry.Find(decision.Provider)!,
                BudgetUsd = run.RemainingUsd,
                IsHedge = isHedge,
                Admission = admitted.Admission,
            },
            admitted.Admission);
    }

    // A decision may have taken the only probe of a half-open breaker.
    private void GiveProbeBack(AttemptRun run, in RoutingDecision decision) => router.Report(
        new ExecutionOutcome(decision.Id, decision.Provider!, run.Request.Task.Type, OutcomeStage.Ended, FailureClass.Cancelled));
}
