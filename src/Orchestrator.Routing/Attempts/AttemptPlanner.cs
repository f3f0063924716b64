using Microsoft.Extensions.Logging;
using Orchestrator.Routing.Diagnostics;
using Orchestrator.Routing.Selection;

namespace Orchestrator.Routing.Attempts;

/// <summary>Finds who makes the next attempt, and takes what it needs.</summary>
internal sealed class AttemptPlanner(IProviderRouter router, ProviderRegistry registry, IProviderAdmission admission, TimeProvider time, ILogger logger)
{
    /// <summary>Who the providers that failed name as their successors, as far as they can; then the best that was not tried yet and lets one more in.</summary>
    /// <param name="run">The attempts so far.</param>
    /// <param name="isHedge">Whether it starts beside another attempt; nobody has failed then.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<NextAttempt> NextAsync(AttemptRun run, bool isHedge, CancellationToken cancellationToken)
    {
        foreach (var name in SuccessorsOf(run, isHedge))
        {
            if (await OnlyAsync(run, name, cancellationToken).ConfigureAwait(false) is { } successor)
            {
                return successor;
            }
        }

        var refusedOnce = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        while (true)
        {
            var decision = Route(run, run.Constraints(), isHedge);
            if (decision.IsRejected)
            {
                return NextAttempt.Rejected(WithRefusals(run, decision));
            }

            if (await AdmitAsync(run, decision, isHedge, cancellationToken).ConfigureAwait(false) is { } next)
            {
                return next;
            }

            // Somebody else took the last place between decision and admission: the router sees that now. If it does not, it looks elsewhere.
            if (!refusedOnce.Add(decision.Provider!) && !run.Refusals.Exclude(decision.Provider!))
            {
                return NextAttempt.Rejected(Unheard(run, decision));
            }
        }
    }

    /// <summary>One provider, if it can still do the task, and may by everything that speaks for or against it; <see langword="null"/> when not.</summary>
    public async ValueTask<NextAttempt?> OnlyAsync(AttemptRun run, string provider, CancellationToken cancellationToken)
    {
        // The rest is excluded and the task stays as it is: the words of its rules hold, and nobody takes it for one that names its provider.
        var constraints = run.Constraints(except: provider);
        constraints = constraints with { Excluded = [.. constraints.Excluded, .. registry.Snapshot.Names.Where(name => !AttemptRun.Same(name, provider))] };

        // Asked without a trace first: one that cannot is no task without a provider.
        if (router.Explain(run.Request.Task, constraints).Decision.IsRejected || Route(run, constraints, isHedge: false) is not { IsRejected: false } decision)
        {
            return null;
        }

        return await AdmitAsync(run, decision, isHedge: false, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>When somebody may be asked under the constraints; now when somebody can be.</summary>
    public DateTimeOffset? EligibleAt(AttemptRun run, RoutingConstraints constraints)
    {
        var decision = WithRefusals(run, router.Explain(run.Request.Task, constraints).Decision);
        return decision.Rejection is { } rejection ? rejection.EligibleAt : time.GetUtcNow();
    }

    // The one that failed last first. Whoever was no candidate when an earlier one failed may be one now.
    private string[] SuccessorsOf(AttemptRun run, bool isHedge) => isHedge ? [] :
    [
        .. run.Traces.AsEnumerable().Reverse()
            .SelectMany(trace => registry.Find(trace.Provider)?.Fallbacks ?? [])
            .Where(run.IsUntried)
            .Distinct(StringComparer.OrdinalIgnoreCase),
    ];

    private RoutingDecision Route(AttemptRun run, RoutingConstraints constraints, bool isHedge)
    {
        var decision = router.Route(run.Request.Task, constraints);
        if (!isHedge)
        {
            run.LastDecision = decision;
        }

        return decision;
    }

    private async ValueTask<NextAttempt?> AdmitAsync(AttemptRun run, RoutingDecision decision, bool isHedge, CancellationToken cancellationToken)
    {
        var task = run.Request.Task;
        var (id, expected) = (Identifiers.Create(time.GetUtcNow()), (decimal)decision.ExpectedPriceUsd);
        AdmissionResult admitted;
        try
        {
            admitted = await admission.AdmitAsync(
                new AdmissionRequest(task, decision.Provider!, id, expected, decision.ExpectedTokens, run.Request.ReservationDuration), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            UnusedDecision.GiveBack(router, decision, task.Type);
            throw;
        }

        if (!admitted.IsAdmitted)
        {
            Log.AdmissionRefused(logger, task.Id, decision.Provider!, admitted.Rejection?.Text ?? "no reason given");
            (router as ProviderRouter)?.Metrics?.Refused(decision.Provider!, admitted.Rejection?.Reason ?? RejectionReason.None);
            UnusedDecision.GiveBack(router, decision, task.Type);
            run.Refusals.Add(decision.Provider!, admitted.Rejection);
            return null;
        }

        var context = new AttemptContext
        {
            Id = id,
            Number = run.Number + 1,
            Task = task,
            Decision = decision,
            Provider = registry.Find(decision.Provider)!,
            BudgetUsd = run.RemainingUsd,
            IsHedge = isHedge,
            Admission = admitted.Admission,
        };
        run.Starts(context, expected);
        return new NextAttempt(decision, context, admitted.Admission);
    }

    /// <summary>The decision with the words of the admission, where only they say why a provider is out.</summary>
    private RoutingDecision WithRefusals(AttemptRun run, in RoutingDecision decision)
    {
        if (decision.Rejection is not { } rejection || !run.Refusals.Concerns(rejection.Candidates))
        {
            return decision;
        }

        var candidates = run.Refusals.Into(rejection.Candidates);
        return decision with
        {
            Rejection = new RoutingRejection
            {
                Candidates = candidates,
                Message = RoutingMessages.Rejected(registry.Snapshot, run.Request.Task.Provider, candidates),
                EligibleAt = candidates.Min(candidate => candidate.Until),
            },
        };
    }

    // A host's own router may insist on a provider that it was told to leave out.
    private static RoutingDecision Unheard(AttemptRun run, in RoutingDecision decision)
    {
        var candidate = run.Refusals.Into([new CandidateExplanation { Provider = decision.Provider!, Rejection = RejectionReason.Excluded }])[0];
        return decision with
        {
            Provider = null,
            Reason = RoutingReason.NoCandidate,
            Rejection = new RoutingRejection { Message = $"No provider can do the task. {candidate.Provider}: {candidate.Detail}.", Candidates = [candidate], EligibleAt = candidate.Until },
        };
    }
}
