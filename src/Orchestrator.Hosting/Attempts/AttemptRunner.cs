using Microsoft.Extensions.Logging;
using Orchestrator.Auditing;
using Orchestrator.Executions;
using Orchestrator.Json;
using Orchestrator.Providers;
using Orchestrator.Routing.Attempts;

namespace Orchestrator.Hosting;

/// <summary>Runs one provider in a workspace of its own and keeps what it took, told, gave and cost.</summary>
internal sealed class AttemptRunner(WorkspaceExecution execution, AbandonedExecutions abandoned, IExecutionLog executions, TimeProvider time, ILogger<AttemptRunner> logger)
{
    /// <summary>Ends the attempts at a task that died with their worker.</summary>
    public ValueTask CloseAbandonedAsync(string taskId, CancellationToken cancellationToken) => abandoned.CloseAsync(taskId, cancellationToken);

    public async ValueTask<Attempt> RunAsync(AgentTaskRun run, AttemptContext context, CancellationToken cancellationToken)
    {
        var agent = context.Provider.Agent ?? throw new InvalidOperationException($"Provider '{context.Provider.Name}' was chosen, but this host has no agent of it.");
        var startedAt = time.GetUtcNow();
        var journal = new AttemptJournal(Begun(run, context, startedAt), context.Provider.Descriptor, executions, time, logger);
        await using var writing = journal.ConfigureAwait(false);
        var renewal = new ReservationRenewal(context, time);
        await using var renewing = renewal.ConfigureAwait(false);
        Attempt attempt;
        try
        {
            await BeginAsync(run, context, journal.Record, cancellationToken).ConfigureAwait(false);
            attempt = await execution.RunAsync(run, agent, journal, context.BudgetUsd, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await journal.CloseAsync(journal.Record with { Status = ExecutionStatus.Cancelled, FinishedAt = time.GetUtcNow() }).ConfigureAwait(false);
            throw;
        }
        catch (Exception error)
        {
            // The queue's worker tells what it was; the attempt must not seem to run for ever.
            var failure = new AgentFailure { Class = FailureClass.Crashed, Message = "The orchestrator could not go on; its log says why." };
            await journal.CloseAsync(journal.Record with { Status = ExecutionStatus.Failed, Failure = failure, FinishedAt = time.GetUtcNow() }).ConfigureAwait(false);
            if (error is not OperationCanceledException)
            {
                throw;
            }

            // Nobody cancelled: something within the provider ran out of time. Passed on as it is, it would look like a cancellation of the task.
            throw new OrchestratorException("hosting.attempt_broken", $"{context.Provider.Name} broke off although nobody cancelled it.", error);
        }

        var finishedAt = time.GetUtcNow();
        attempt = attempt with { Duration = finishedAt - startedAt };
        await journal.CloseAsync(Finished(journal.Record, attempt, finishedAt)).ConfigureAwait(false);
        await RecordFinishedAsync(run, journal.Record, attempt, cancellationToken).ConfigureAwait(false);
        return attempt;
    }

    private static ExecutionRecord Begun(AgentTaskRun run, AttemptContext context, DateTimeOffset startedAt) => new()
    {
        Id = context.Id,
        TaskId = run.Task.Id,
        Provider = context.Provider.Name,
        Model = context.Model,
        Attempt = context.Number,
        Status = ExecutionStatus.Running,
        InputDigest = Digest.Of(run.Task.Instructions),
        StartedAt = startedAt,
        WorkerName = run.Context.Worker.WorkerName,
        ContainerName = run.Context.Worker.ContainerName,
    };

    private async ValueTask BeginAsync(AgentTaskRun run, AttemptContext context, ExecutionRecord record, CancellationToken cancellationToken)
    {
        await executions.ConfiguredAsync(
            new ProviderConfiguration { Descriptor = context.Provider.Descriptor, At = record.StartedAt, WorkerName = record.WorkerName, ContainerName = record.ContainerName },
            cancellationToken).ConfigureAwait(false);
        await executions.SaveAsync(record, cancellationToken).ConfigureAwait(false);
        await run.RecordAsync(
            AgentTaskStep.Executing, OperationNames.ExecutionStarted, OperationOutcome.None, $"{record.Provider} starts attempt {record.Attempt}.", cancellationToken, executionId: record.Id).ConfigureAwait(false);
    }

    private static ExecutionRecord Finished(ExecutionRecord record, Attempt attempt, DateTimeOffset finishedAt) => record with
    {
        Status = attempt.Failure is null ? ExecutionStatus.Succeeded : attempt.Failure.Class == FailureClass.Cancelled ? ExecutionStatus.Cancelled : ExecutionStatus.Failed,
        Model = attempt.Model ?? record.Model,
        Output = attempt.Summary,
        Patch = attempt.PatchText,
        Failure = attempt.Failure,
        Usage = attempt.Usage,
        CostUsd = attempt.CostUsd,
        SessionId = attempt.SessionId,
        FinishedAt = finishedAt,
    };

    private static ValueTask RecordFinishedAsync(AgentTaskRun run, ExecutionRecord record, Attempt attempt, CancellationToken cancellationToken)
    {
        var message = attempt.Failure is { } failure ? $"{record.Provider} failed: {failure}" : $"{record.Provider} gave a result.";
        var data = new ValueMap([
            new("duration_ms", ((long)attempt.Duration.TotalMilliseconds).ToString(System.Globalization.CultureInfo.InvariantCulture)),
            new("input_tokens", attempt.Usage.InputTokens.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            new("output_tokens", attempt.Usage.OutputTokens.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            new("failure", attempt.Failure?.Class.ToName() ?? "none"),
        ]);
        return run.RecordAsync(
            AgentTaskStep.Executing,
            OperationNames.ExecutionFinished,
            attempt.Failure is null ? OperationOutcome.Succeeded : OperationOutcome.Failed,
            message,
            cancellationToken,
            data,
            record.Id);
    }
}
