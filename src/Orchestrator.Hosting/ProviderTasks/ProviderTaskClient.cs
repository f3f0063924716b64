using Microsoft.Extensions.Options;
using Orchestrator.Auditing;
using Orchestrator.Json;
using Orchestrator.Queue;
using Orchestrator.Tasks;

namespace Orchestrator.Hosting;

/// <summary>Sends provider tasks to the queue and waits for their reports.</summary>
/// <remarks>Thread-safe singleton. A program that only shares the database may send the same JSON itself, as a task of the type <see cref="TaskType"/>.</remarks>
public sealed class ProviderTaskClient
{
    /// <summary>The type name of provider tasks in the queue.</summary>
    public const string TaskType = "provider_task";

    private readonly ITaskQueue _queue;
    private readonly ProviderTaskGate _gate;
    private readonly AgentTaskTrail _trail;
    private readonly IOptionsMonitor<ProviderTaskOptions> _options;

    internal ProviderTaskClient(ITaskQueue queue, ProviderTaskGate gate, AgentTaskTrail trail, IOptionsMonitor<ProviderTaskOptions> options) =>
        (_queue, _gate, _trail, _options) = (queue, gate, trail, options);

    /// <summary>Puts a provider task into the queue. When this returns, it is durable.</summary>
    /// <param name="task">The task.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>Whether the task is new; one with the same id is not enqueued twice.</returns>
    /// <exception cref="ArgumentException">
    /// It holds a known secret or something that looks like one, names a factory that there is none of, or asks for what the factory does not allow. Nothing was stored.
    /// </exception>
    public async ValueTask<EnqueueResult> EnqueueAsync(ProviderTask task, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        var payload = OrchestratorJson.Write(task, ProviderTaskJsonContext.Default.ProviderTask);
        var refusal = await _gate.FindSecretAsync(payload, cancellationToken).ConfigureAwait(false) ?? _gate.Plan(task).Refusal;
        if (refusal is not null)
        {
            throw new ArgumentException(refusal, nameof(task));
        }

        var submission = new TaskSubmission { Id = task.TaskId, Type = TaskType, Payload = payload, Priority = task.Priority, MaxAttempts = _options.CurrentValue.MaxAttempts };
        var result = await _queue.EnqueueAsync(submission, cancellationToken).ConfigureAwait(false);
        if (result.Status == EnqueueStatus.Enqueued)
        {
            await _trail.RecordAsync(AgentTaskStep.Enqueued, EnqueuedOperation(task), cancellationToken).ConfigureAwait(false);
        }

        return result;
    }

    /// <summary>Waits until a task has ended: done, or a dead letter.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="cancellationToken">Stops waiting; the task goes on.</param>
    /// <returns>The report of the last attempt; <see langword="null"/> when there is no such task.</returns>
    public async ValueTask<AgentTaskReport?> WaitAsync(string taskId, CancellationToken cancellationToken = default)
    {
        var task = await _queue.WaitAsync(taskId, cancellationToken).ConfigureAwait(false);
        return task is null ? null : AgentTaskReports.Of(task);
    }

    private static Operation EnqueuedOperation(ProviderTask task) => new()
    {
        Name = OperationNames.TaskEnqueued,
        TaskId = task.TaskId,
        Provider = task.Provider,
        Outcome = OperationOutcome.Succeeded,
        Message = $"Enqueued a provider task for {task.Provider} in the factory {task.Factory} with priority {task.Priority}.",
        Data = new ValueMap([
            new("type", (task.Type ?? AgentTaskType.Fix).ToName()),
            new("factory", task.Factory),
            new("env_vars", string.Join(' ', task.EnvVars)),
            new("instructions_sha256", Digest.Of(task.Instructions)),
        ]),
    };
}
