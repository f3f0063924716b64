using Orchestrator.Auditing;
using Orchestrator.Json;
using Orchestrator.Queue;
using Orchestrator.Secrets;
using Orchestrator.Tasks;

namespace Orchestrator.Hosting;

/// <summary>Hands tasks to the orchestrator and waits for their reports: what an application calls.</summary>
/// <remarks>Thread-safe singleton. The task may run in this process or in another one that shares the database.</remarks>
public sealed class AgentTaskClient
{
    /// <summary>The type name of agent tasks in the queue.</summary>
    public const string TaskType = "agent_task";

    private readonly ITaskQueue _queue;
    private readonly AgentTaskTrail _trail;
    private readonly ISecretRedactor _redactor;

    internal AgentTaskClient(ITaskQueue queue, AgentTaskTrail trail, ISecretRedactor redactor) => (_queue, _trail, _redactor) = (queue, trail, redactor);

    /// <summary>Puts a task into the queue. When this returns, the task is durable.</summary>
    /// <param name="task">The task; a relative path in a local source is taken from the current directory.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>Whether the task is new; a task with the same id is not enqueued twice.</returns>
    /// <exception cref="ArgumentException">The type of task or source is not one that this version knows, or a known secret stands in the task, which would be stored.</exception>
    public async ValueTask<EnqueueResult> EnqueueAsync(AgentTask task, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        var absolute = Absolute(task);
        var payload = OrchestratorJson.Write(absolute, OrchestratorJsonContext.Default.AgentTask);
        if (_redactor.Redact(payload) != payload)
        {
            throw new ArgumentException("A known secret stands in the task. Tasks are stored and shown: name the secret to the provider that needs it, and leave its value out.", nameof(task));
        }

        var submission = new TaskSubmission
        {
            Id = absolute.Id,
            Type = TaskType,
            Payload = payload,
            Priority = absolute.Priority,
            Deadline = absolute.Deadline,
        };
        var result = await _queue.EnqueueAsync(submission, cancellationToken).ConfigureAwait(false);
        if (result.Status == EnqueueStatus.Enqueued)
        {
            await _trail.RecordAsync(AgentTaskStep.Enqueued, EnqueuedOperation(absolute), cancellationToken).ConfigureAwait(false);
        }

        return result;
    }

    /// <summary>Waits until a task has ended.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="cancellationToken">Stops waiting; the task goes on.</param>
    /// <returns>The report; <see langword="null"/> when there is no such task.</returns>
    public async ValueTask<AgentTaskReport?> WaitAsync(string taskId, CancellationToken cancellationToken = default)
    {
        var task = await _queue.WaitAsync(taskId, cancellationToken).ConfigureAwait(false);
        return task is null ? null : AgentTaskReports.Of(task);
    }

    /// <summary>Enqueues a task and waits for its report.</summary>
    /// <param name="task">The task.</param>
    /// <param name="cancellationToken">Stops waiting; the task goes on.</param>
    /// <returns>The report.</returns>
    public async ValueTask<AgentTaskReport> RunAsync(AgentTask task, CancellationToken cancellationToken = default)
    {
        var enqueued = await EnqueueAsync(task, cancellationToken).ConfigureAwait(false);
        var report = await WaitAsync(enqueued.TaskId, cancellationToken).ConfigureAwait(false);
        return report ?? throw new OrchestratorException("hosting.task_gone", $"The task {enqueued.TaskId} is not in the queue any more.");
    }

    private static AgentTask Absolute(AgentTask task)
    {
        if (task.Type == AgentTaskType.Unknown)
        {
            throw new ArgumentException("The task's type must be generate, fix, refactor or optimize.", nameof(task));
        }

        return task.Source switch
        {
            LocalSource local => task with { Source = local with { Path = Path.GetFullPath(local.Path) } },
            { Kind: not SourceKind.Unknown } => task,
            _ => throw new ArgumentException("The task's source must be local, github or new_build.", nameof(task)),
        };
    }

    private static Operation EnqueuedOperation(AgentTask task) => new()
    {
        Name = OperationNames.TaskEnqueued,
        TaskId = task.Id,
        Outcome = OperationOutcome.Succeeded,
        Message = $"Enqueued a task of type {task.Type.ToName()} with priority {task.Priority}.",
        Data = new ValueMap([
            new("type", task.Type.ToName()),
            new("source", task.Source.Kind.ToName()),
            new("output", task.Output.ToName()),
            new("instructions_sha256", Digest.Of(task.Instructions)),
        ]),
    };
}
