using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Auditing;
using Orchestrator.Executions;
using Orchestrator.Json;
using Orchestrator.Providers;
using Orchestrator.Routing;

namespace Orchestrator.Hosting;

/// <summary>Asks the router, then tries the chosen provider and its fallbacks until one gives changes. The only retry loop there is.</summary>
internal sealed class AttemptLoop(
    IProviderRouter router, IProviderRegistry registry, AttemptRunner runner, IExecutionLog executions, IOptions<OrchestratorOptions> options, TimeProvider time, ILogger<AttemptLoop> logger)
{
    /// <summary>Ends the records of attempts that died with their worker.</summary>
    public ValueTask CloseAbandonedAsync(AgentTaskRun run, CancellationToken cancellationToken) =>
        run.Context.Task.Crashes > 0 ? runner.CloseAbandonedAsync(run.Task.Id, cancellationToken) : ValueTask.CompletedTask;

    /// <summary>The checkpoint with the collected changes; <see langword="null"/> when no provider gave any, the report then says why.</summary>
    public async ValueTask<AgentTaskCheckpoint?> RunAsync(AgentTaskRun run, CancellationToken cancellationToken)
    {
        var decision = await DecideAsync(run, cancellationToken).ConfigureAwait(false);
        if (decision.Rejection is { } rejection)
        {
            run.Report = run.Report with { Status = AgentTaskStatus.Refused, Failure = new AgentFailure { Class = FailureClass.Unavailable, Message = rejection.Message } };
            return null;
        }

        var number = run.Context.Task.Crashes;
        foreach (var name in decision.Fallbacks.Prepend(decision.Provider!).Take(options.Value.MaxAttempts))
        {
            if (run.Report.CostUsd >= run.Task.MaxCostUsd)
            {
                run.Report = run.Report with { Failure = new AgentFailure { Class = FailureClass.Budget, Message = $"The attempts so far cost {run.Report.CostUsd} USD; the task may cost {run.Task.MaxCostUsd} USD." } };
                break;
            }

            var model = name == decision.Provider ? decision.Model : null;
            run.Report = run.Report with { Provider = name, Model = model };
            var provider = registry.Find(name)!;
            var (worker, container) = (run.Context.Worker.WorkerName, run.Context.Worker.ContainerName);
            await executions.ConfiguredAsync(
                new ProviderConfiguration { Descriptor = provider.Descriptor, At = time.GetUtcNow(), WorkerName = worker, ContainerName = container }, cancellationToken).ConfigureAwait(false);
            var attempt = await runner.RunAsync(run, provider.Agent, model, ++number, cancellationToken).ConfigureAwait(false);
            Settle(run, decision, attempt);
            if (attempt.Failure is not { } failure)
            {
                return await KeepAsync(run, attempt, cancellationToken).ConfigureAwait(false);
            }

            logger.AttemptFailed(name, run.Task.Id, failure.Class.ToName());
            run.Report = run.Report with { Status = AgentTaskStatus.Failed, Failure = failure };
            if (!MayFallBack(failure.Class))
            {
                break;
            }
        }

        return null;
    }

    /// <summary>From here on the patch must not be lost: a restart goes on with it instead of paying the agent again. Only then is it told.</summary>
    private static async ValueTask<AgentTaskCheckpoint> KeepAsync(AgentTaskRun run, Attempt attempt, CancellationToken cancellationToken)
    {
        var patch = attempt.Collected!;
        var checkpoint = new AgentTaskCheckpoint { Phase = AgentTaskPhase.Collected, ExecutionId = attempt.ExecutionId, PatchFile = patch.File, Report = run.Report };
        await run.CheckpointAsync(checkpoint, cancellationToken).ConfigureAwait(false);
        await run.RecordAsync(
            AgentTaskStep.Collected,
            OperationNames.PatchCollected,
            OperationOutcome.Succeeded,
            $"Collected changes to {patch.Files} files ({patch.Bytes} bytes).",
            cancellationToken,
            new ValueMap([new("tree", patch.TreeId), new("file", patch.File)]),
            attempt.ExecutionId).ConfigureAwait(false);
        return checkpoint;
    }

    private async ValueTask<RoutingDecision> DecideAsync(AgentTaskRun run, CancellationToken cancellationToken)
    {
        var candidates = router.Explain(run.Task).Candidates;
        var decision = router.Route(run.Task);
        run.Report = run.Report with { Decision = decision, Candidates = candidates, Provider = decision.Provider, Model = decision.Model };
        await executions.AssignedAsync(
            new ProviderAssignment
            {
                TaskId = run.Task.Id,
                Decision = decision,
                At = time.GetUtcNow(),
                WorkerName = run.Context.Worker.WorkerName,
                ContainerName = run.Context.Worker.ContainerName,
            },
            cancellationToken).ConfigureAwait(false);

        var message = decision.Rejection?.Message
            ?? $"{decision.Provider} ({decision.Reason.ToName()}){(decision.Fallbacks.Count == 0 ? "" : $", then {string.Join(", ", decision.Fallbacks)}")}.";
        await run.RecordAsync(
            AgentTaskStep.Routed,
            OperationNames.RoutingDecided,
            decision.IsRejected ? OperationOutcome.Refused : OperationOutcome.Succeeded,
            message,
            cancellationToken,
            new ValueMap([new("decision_id", decision.Id.ToString()), .. candidates.Select(RejectionOf)])).ConfigureAwait(false);
        return decision;
    }

    private static KeyValuePair<string, string> RejectionOf(CandidateExplanation candidate) =>
        new("candidate:" + candidate.Provider, candidate.Rejection == RejectionReason.None ? "eligible" : candidate.Rejection.ToName());

    private void Settle(AgentTaskRun run, in RoutingDecision decision, Attempt attempt)
    {
        if (attempt.Began)
        {
            router.Report(new ExecutionOutcome(
                decision.Id, run.Report.Provider!, run.Task.Type, OutcomeStage.Ended, attempt.Failure?.Class, attempt.Failure?.RetryAfter, attempt.Duration, attempt.CostUsd ?? 0, attempt.Usage.InputTokens + attempt.Usage.OutputTokens));
        }

        run.Report = run.Report with
        {
            Attempts = [.. run.Report.Attempts, new AttemptReport { ExecutionId = attempt.ExecutionId, Provider = run.Report.Provider!, Duration = attempt.Duration, Failure = attempt.Failure }],
            Summary = attempt.Summary,
            Model = attempt.Model ?? run.Report.Model,
            Usage = run.Report.Usage.Plus(attempt.Usage),
            CostUsd = attempt.CostUsd is { } cost ? (run.Report.CostUsd ?? 0) + cost : run.Report.CostUsd,
        };
    }

    // Another provider fares better only where the trouble is the provider's own. An agent that finds nothing to do, a request that is wrong in itself
    // and one that broke out of its workspace end the task.
    private static bool MayFallBack(FailureClass failure) => failure is not (
        FailureClass.NoChanges or FailureClass.BadRequest or FailureClass.Budget or FailureClass.Cancelled
        or FailureClass.Configuration or FailureClass.OutsideWorkspace or FailureClass.PatchRejected);
}
