using System.Text.Json;
using Orchestrator.Auditing;
using Orchestrator.Json;
using Orchestrator.Providers;
using Orchestrator.Queue;
using Orchestrator.Queue.Workers;

namespace Orchestrator.Hosting;

/// <summary>Takes a provider task from the queue, checks it once more, as anybody may have put it there, and has the main job carry it out.</summary>
internal sealed class ProviderTaskHandler(AgentTaskHandler job, ProviderTaskGate gate, AgentTaskTrail trail) : ITaskHandler
{
    public string Type => ProviderTaskClient.TaskType;

    public async ValueTask<TaskHandlerResult> HandleAsync(TaskContext context, CancellationToken cancellationToken)
    {
        ProviderTask message;
        try
        {
            message = OrchestratorJson.Read(context.Task.Payload, ProviderTaskJsonContext.Default.ProviderTask);
        }
        catch (JsonException error)
        {
            // The words of the exception may hold the payload; the place in it does not.
            return await RefuseAsync(context, $"The message is no provider task: see {error.Path ?? "its members"}. env_vars and cli_command are lists of texts.").ConfigureAwait(false);
        }

        if (await gate.FindSecretAsync(context.Task.Payload, cancellationToken).ConfigureAwait(false) is { } secret)
        {
            return await RefuseAsync(context, secret).ConfigureAwait(false);
        }

        if (message.TaskId != context.Task.Id)
        {
            return await RefuseAsync(context, "task_id must be the id of the task in the queue.").ConfigureAwait(false);
        }

        var (task, refusal) = gate.Plan(message);
        if (task is null)
        {
            return await RefuseAsync(context, refusal!).ConfigureAwait(false);
        }

        var run = new AgentTaskRun(task, context, trail) { Arguments = [.. message.CliCommand.Skip(1)], SecretNames = message.EnvVars };
        var result = await job.RunAsync(run, cancellationToken).ConfigureAwait(false);
        return ProviderTaskRetries.Judge(result, run.Report);
    }

    /// <summary>A message that cannot be carried out is a dead letter at once: it would be the same message at the next attempt.</summary>
    private async ValueTask<TaskHandlerResult> RefuseAsync(TaskContext context, string reason)
    {
        var operation = new Operation { Name = OperationNames.TaskFinished, TaskId = context.Task.Id, Outcome = OperationOutcome.Refused, Message = "The provider task was refused: " + reason };
        await trail.RecordAsync(AgentTaskStep.Finished, operation, CancellationToken.None).ConfigureAwait(false);
        return TaskHandlerResult.Failed(new TaskFailure { Code = FailureClass.Configuration.ToName(), Message = reason });
    }
}
