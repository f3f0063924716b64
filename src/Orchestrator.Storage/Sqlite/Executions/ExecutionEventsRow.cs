using System.Text.Json;
using Orchestrator.Executions;
using Orchestrator.Json;
using Orchestrator.Providers;
using Orchestrator.Secrets;

namespace Orchestrator.Storage.Sqlite.Executions;

/// <summary>The events of an attempt as both engines keep them: a JSON document a line.</summary>
internal sealed class ExecutionEventsRow
{
    public string ExecutionId { get; init; } = "";

    public string Events { get; init; } = "";

    public long Omitted { get; init; }

    public string WorkerName { get; init; } = "";

    public string ContainerName { get; init; } = "";

    public long CreatedAt { get; init; }

    public static ExecutionEventsRow Create(ExecutionEvents events, ISecretRedactor? redactor) => new()
    {
        ExecutionId = events.ExecutionId,
        Events = string.Join('\n', events.Events.Select(happened => Redaction.Json(redactor, OrchestratorJson.Write(happened, OrchestratorJsonContext.Default.AgentEvent)))),
        Omitted = events.Omitted,
        WorkerName = events.WorkerName,
        ContainerName = events.ContainerName,
        CreatedAt = events.At.ToMilliseconds(),
    };

    public ExecutionEvents ToEvents()
    {
        var read = new List<AgentEvent>();
        var omitted = Omitted;
        foreach (var line in Events.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                read.Add(OrchestratorJson.Read(line, OrchestratorJsonContext.Default.AgentEvent));
            }
            catch (JsonException)
            {
                // Written by a version that allows what this one does not.
                omitted++;
            }
        }

        return new ExecutionEvents
        {
            ExecutionId = ExecutionId,
            Events = [.. read],
            Omitted = omitted,
            At = SqliteTime.ToTime(CreatedAt),
            WorkerName = WorkerName,
            ContainerName = ContainerName,
        };
    }
}
