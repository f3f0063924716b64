using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Auditing;
using Orchestrator.Executions;
using Orchestrator.Json;
using Orchestrator.Providers;
using Orchestrator.Routing;
using Orchestrator.Routing.Attempts;
using Orchestrator.Tasks;

namespace Orchestrator.Hosting;

/// <summary>Has the router's attempt loop try providers until one gives changes, and writes down each decision and what came of it.</summary>
internal sealed class AttemptLoop(
    IProviderRouter router,
    ProviderAttempts attempts,
    AttemptRunner runner,
    DecisionTrail decisions,
    IExecutionLog executions,
    IOptions<OrchestratorOptions> options,
    ILogger<AttemptLoop> logger)
{
    /// <summary>Ends the records of attempts that died with their worker.</summary>
    public ValueTask CloseAbandonedAsync(AgentTaskRun run, CancellationToken cancellationToken) =>
        run.Context.Task.Crashes > 0 ? runner.CloseAbandonedAsync(run.Task.Id, cancellationToken) : ValueTask.CompletedTask;

    /// <summary>The checkpoint with the collected changes; <see langword="null"/> when no provider gave any, the report then says why.</summary>
    public async ValueTask<AgentTaskCheckpoint?> RunAsync(AgentTaskRun run, CancellationToken cancellationToken)
    {
        var request = await RequestAsync(run, cancellationToken).ConfigureAwait(false);

        // The whole field as the first decision sees it; of the later ones, the attempts before them tell the rest.
        run.Report = run.Report with { Candidates = router.Explain(request.Task).Candidates };
        var outcome = await attempts.RunAsync<Attempt>(request, (context, token) => AttemptAsync(run, context, token), cancellationToken).ConfigureAwait(false);
        run.Report = run.Report with { Attempts = [.. outcome.Attempts.Select(ReportOf)] };
        if (outcome.Decision.IsRejected)
        {
            await decisions.RecordAsync(run, outcome.Decision, cancellationToken).ConfigureAwait(false);
        }

        if (outcome.Value is { } attempt)
        {
            return await KeepAsync(run, attempt, cancellationToken).ConfigureAwait(false);
        }

        var status = outcome.Attempts.Count == 0 && outcome.Rejection is not null ? AgentTaskStatus.Refused : AgentTaskStatus.Failed;
        run.Report = run.Report with { Status = status, Failure = outcome.Failure };
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

    /// <summary>Two providers at once would be one too many: they share a repository that is watched for writes of the one that works, and observers hear of one after the other.</summary>
    private static AgentTask OneAtATime(AgentTaskRun run)
    {
        if (run.Task.Racing == TaskRacing.None)
        {
            return run.Task;
        }

        run.Note($"The task allows several providers at the same time ({run.Task.Racing.ToName()}); the main job runs one provider at a time.");
        return run.Task with { Racing = TaskRacing.None };
    }

    private async ValueTask<AttemptRequest> RequestAsync(AgentTaskRun run, CancellationToken cancellationToken)
    {
        // Crashes are counted by the queue, which discards a task that keeps killing its workers. Here they use up no attempt, but their numbers go on. What was spent
        // goes on under every later lease: after a crash, a retry of the queue or of an operator, or a worker that gave the task back.
        var crashes = run.Context.Task.Crashes;
        var before = run.Context.FencingToken <= 1 ? [] : await executions.ListAsync(run.Task.Id, cancellationToken).ConfigureAwait(false);
        return new AttemptRequest
        {
            Task = OneAtATime(run),
            AttemptsBefore = crashes,
            SpentUsd = before.Sum(execution => CostOf(run, execution)),
            MaxAttempts = options.Value.MaxAttempts + crashes,
            ReservationDuration = ReservationRenewal.Duration,
        };
    }

    private async ValueTask<AttemptResult<Attempt>> AttemptAsync(AgentTaskRun run, AttemptContext context, CancellationToken cancellationToken)
    {
        await decisions.RecordAsync(run, context.Decision, cancellationToken).ConfigureAwait(false);
        var attempt = await runner.RunAsync(run, context, cancellationToken).ConfigureAwait(false);
        run.Report = run.Report with
        {
            Attempts = [.. run.Report.Attempts, ReportOf(context, attempt)],
            Summary = attempt.Summary,
            Model = attempt.Model ?? run.Report.Model,
            Usage = run.Report.Usage.Plus(attempt.Usage),
            CostUsd = attempt.CostUsd is { } cost ? (run.Report.CostUsd ?? 0) + cost : run.Report.CostUsd,
        };
        if (attempt.Failure is { } failure)
        {
            logger.AttemptFailed(context.Provider.Name, run.Task.Id, failure.Class.ToName());
            run.Report = run.Report with { Failure = failure };
            return new AttemptResult<Attempt> { Failure = failure, CostUsd = CostOf(attempt), Tokens = TokensOf(attempt), Usage = UsageOf(attempt) };
        }

        run.Report = run.Report with { Failure = null };
        return new AttemptResult<Attempt> { Value = attempt, CostUsd = attempt.CostUsd, Tokens = TokensOf(attempt), Usage = UsageOf(attempt) };
    }

    /// <summary>What an attempt under an earlier lease cost. Of one that never told, because its worker died or it was cancelled, what the router would expect of its provider now.</summary>
    private decimal CostOf(AgentTaskRun run, ExecutionRecord before)
    {
        if (before.CostUsd is { } known)
        {
            return known;
        }

        if (WasNotReached(before.Failure, before.Usage))
        {
            return 0;
        }

        // A dry run without the limits that may keep the provider from this attempt: only its price is asked for.
        var expected = router.Explain(run.Task with { Provider = before.Provider, MaxCostUsd = null, Deadline = null }).Decision;
        return expected.Provider == before.Provider ? (decimal)expected.ExpectedPriceUsd : 0;
    }

    /// <summary>What could not be reached cost nothing; of other attempts without a word, what was expected is charged.</summary>
    private static decimal? CostOf(Attempt attempt) =>
        attempt.CostUsd ?? (WasNotReached(attempt.Failure, attempt.Usage) ? 0 : null);

    private static long? TokensOf(Attempt attempt) =>
        attempt.Usage.InputTokens + attempt.Usage.OutputTokens is > 0 and var tokens ? tokens
        : WasNotReached(attempt.Failure, attempt.Usage) ? 0
        : null;

    private static bool WasNotReached(AgentFailure? failure, TokenUsage usage) =>
        failure?.Class is FailureClass.Unavailable or FailureClass.Configuration && usage.InputTokens + usage.OutputTokens == 0;

    private static TokenUsage? UsageOf(Attempt attempt) => attempt.Usage.InputTokens + attempt.Usage.OutputTokens > 0 ? attempt.Usage : null;

    private static AttemptReport ReportOf(AttemptContext context, Attempt attempt) => new()
    {
        ExecutionId = attempt.ExecutionId,
        DecisionId = context.Decision.Id,
        Provider = context.Provider.Name,
        Model = context.Model,
        Duration = attempt.Duration,
        Failure = attempt.Failure,
    };

    private static AttemptReport ReportOf(AttemptTrace trace) => new()
    {
        ExecutionId = trace.Id,
        DecisionId = trace.DecisionId,
        Provider = trace.Provider,
        Model = trace.Model,
        Duration = trace.Duration,
        Failure = trace.Failure,
    };
}
