using Orchestrator.Auditing;
using Orchestrator.Executions;
using Orchestrator.Json;
using Orchestrator.Providers;
using Orchestrator.Routing.Attempts;

namespace Orchestrator.Hosting;

/// <summary>Runs one provider in a workspace of its own and keeps what it took, gave and cost.</summary>
internal sealed class AttemptRunner(WorkspaceExecution execution, AbandonedExecutions abandoned, IExecutionLog executions, TimeProvider time)
{
    /// <summary>Ends the attempts at a task that died with their worker.</summary>
    public ValueTask CloseAbandonedAsync(string taskId, CancellationToken cancellationToken) => abandoned.CloseAsync(taskId, cancellationToken);

    public async ValueTask<Attempt> RunAsync(AgentTaskRun run, AttemptContext context, CancellationToken cancellationToken)
    {
        var agent = context.Provider.Agent ?? throw new InvalidOperationException($"Provider '{context.Provider.Name}' was chosen, but this host has no agent of it.");
        var startedAt = time.GetUtcNow();
        var record = await BeginAsync(run, context, startedAt, cancellationToken).ConfigureAwait(false);
        var renewal = new ReservationRenewal(context, time);
        await using var renewing = renewal.ConfigureAwait(false);
        Attempt attempt;
        try
        {
            attempt = await execution.RunAsync(run, agent, record, context.BudgetUsd, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await executions.SaveAsync(record with { Status = ExecutionStatus.Cancelled, FinishedAt = time.GetUtcNow() }, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
        catch
        {
            // The queue's worker tells what it was; the attempt must not seem to run for ever.
            var failure = new AgentFailure { Class = FailureClass.Crashed, Message = "The orchestrator could not go on; its log says why." };
            await executions.SaveAsync(record with { Status = ExecutionStatus.Failed, Failure = failure, FinishedAt = time.GetUtcNow() }, CancellationToken.None).ConfigureAwait(false);
            throw;
        }

        var finishedAt = time.GetUtcNow();
        attempt = attempt with { Duration = finishedAt - startedAt };
        await executions.SaveAsync(Finished(record, attempt, finishedAt), cancellationToken).ConfigureAwait(false);
        await RecordFinishedAsync(run, record, attempt, cancellationToken).ConfigureAwait(false);
        return attempt;
    }

    /// <summary>Written before the workspace is made: recovery takes a workspace without a running execution for a leftover.</summary>
    private async ValueTask<ExecutionRecord> BeginAsync(AgentTaskRun run, AttemptContext context, DateTimeOffset startedAt, CancellationToken cancellationToken)
    {
        var worker = run.Context.Worker;
        await executions.ConfiguredAsync(
            new ProviderConfiguration { Descriptor = context.Provider.Descriptor, At = startedAt, WorkerName = worker.WorkerName, ContainerName = worker.ContainerName },
            cancellationToken).ConfigureAwait(false);
        var record = new ExecutionRecord
        {
            Id = context.Id,
            TaskId = run.Task.Id,
            Provider = context.Provider.Name,
            Model = context.Model,
            Attempt = context.Number,
            Status = ExecutionStatus.Running,
            InputDigest = Digest.Of(run.Task.Instructions),
            StartedAt = startedAt,
            WorkerName = worker.WorkerName,
            ContainerName = worker.ContainerName,
        };
        await executions.SaveAsync(record, cancellationToken).ConfigureAwait(false);
        await run.RecordAsync(
            AgentTaskStep.Executing, OperationNames.ExecutionStarted, OperationOutcome.None, $"{record.Provider} starts attempt {record.Attempt}.", cancellationToken, executionId: record.Id).ConfigureAwait(false);
        return record;
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
