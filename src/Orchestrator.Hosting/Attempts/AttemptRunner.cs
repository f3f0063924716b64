using Orchestrator.Auditing;
using Orchestrator.Executions;
using Orchestrator.Json;
using Orchestrator.Providers;

namespace Orchestrator.Hosting;

/// <summary>Runs one provider in a workspace of its own and keeps what it took, gave and cost.</summary>
internal sealed class AttemptRunner(WorkspaceExecution execution, AbandonedExecutions abandoned, IExecutionLog executions, TimeProvider time)
{
    /// <summary>Ends the attempts at a task that died with their worker.</summary>
    public ValueTask CloseAbandonedAsync(string taskId, CancellationToken cancellationToken) => abandoned.CloseAsync(taskId, cancellationToken);

    public async ValueTask<Attempt> RunAsync(AgentTaskRun run, IAgentProvider provider, string? model, int number, CancellationToken cancellationToken)
    {
        var startedAt = time.GetUtcNow();
        var record = new ExecutionRecord
        {
            Id = Identifiers.Create(startedAt),
            TaskId = run.Task.Id,
            Provider = provider.Descriptor.Name,
            Model = model,
            Attempt = number,
            Status = ExecutionStatus.Running,
            InputDigest = Digest.Of(run.Task.Instructions),
            StartedAt = startedAt,
            WorkerName = run.Context.Worker.WorkerName,
            ContainerName = run.Context.Worker.ContainerName,
        };

        // Before the workspace is made: recovery takes a workspace without a running execution for a leftover.
        await executions.SaveAsync(record, cancellationToken).ConfigureAwait(false);
        await run.RecordAsync(
            AgentTaskStep.Executing, OperationNames.ExecutionStarted, OperationOutcome.None, $"{record.Provider} starts attempt {number}.", cancellationToken, executionId: record.Id).ConfigureAwait(false);

        Attempt attempt;
        try
        {
            attempt = await execution.RunAsync(run, provider, record, cancellationToken).ConfigureAwait(false);
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
