using Orchestrator.Auditing;
using Orchestrator.Json;
using Orchestrator.Queue;
using Orchestrator.Queue.Workers;
using Orchestrator.Tasks;

namespace Orchestrator.Hosting;

/// <summary>One task in the hands of the worker: the task, its lease, and the report as it grows. Used by one thread at a time.</summary>
internal sealed class AgentTaskRun(AgentTask task, TaskContext context, AgentTaskTrail trail)
{
    private bool _isLeaseLost;

    public AgentTask Task { get; } = task;

    public TaskContext Context { get; } = context;

    /// <summary>More arguments for the provider's program, see <see cref="Providers.AgentExecution.Arguments"/>.</summary>
    public ValueList<string> Arguments { get; init; } = [];

    /// <summary>More secrets for the provider's program, see <see cref="Providers.AgentExecution.SecretNames"/>.</summary>
    public ValueList<string> SecretNames { get; init; } = [];

    /// <summary>The repository's directory, absolute.</summary>
    public string Repository { get; } = task.Source is LocalSource local ? Path.GetFullPath(local.Path) : "";

    /// <summary>Whether another worker may have the task by now: then nothing of it may be touched any more.</summary>
    public bool IsLeaseLost => _isLeaseLost || Context.StopReason == TaskStopReason.LeaseLost;

    public AgentTaskReport Report { get; set; } = new() { TaskId = task.Id, Status = AgentTaskStatus.Unknown, Output = task.Output };

    public ValueTask RecordAsync(
        AgentTaskStep step, string name, OperationOutcome outcome, string message, CancellationToken cancellationToken, ValueMap? data = null, string? executionId = null)
    {
        var operation = new Operation
        {
            Name = name,
            TaskId = Task.Id,
            ExecutionId = executionId,
            Provider = Report.Provider,
            Outcome = outcome,
            Message = message,
            Data = data ?? ValueMap.Empty,
        };
        return trail.RecordAsync(step, operation, cancellationToken);
    }

    public void Show(AgentTaskStep step, string message) => trail.Show(Task.Id, step, message);

    public void Note(string note) => Report = Report with { Notes = [.. Report.Notes, note] };

    /// <summary>Writes down how far the task has come; a worker that lost its lease stops here.</summary>
    public async ValueTask CheckpointAsync(AgentTaskCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        var json = OrchestratorJson.Write(checkpoint with { Report = Report }, CheckpointJsonContext.Default.AgentTaskCheckpoint);
        var status = await Context.CheckpointAsync(json, cancellationToken).ConfigureAwait(false);
        if (status == LeaseStatus.Lost)
        {
            _isLeaseLost = true;
            throw new OperationCanceledException($"The lease of task {Task.Id} was lost; another worker has it.");
        }
    }
}
