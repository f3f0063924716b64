using System.Text.Json;
using Orchestrator.Json;
using Orchestrator.Providers;
using Orchestrator.Queue;

namespace Orchestrator.Hosting;

/// <summary>Reads the report of a task from its row in the queue.</summary>
public static class AgentTaskReports
{
    /// <summary>The report of a task; made from the row itself for a task that ended before its handler could write one.</summary>
    /// <param name="task">A finished task.</param>
    /// <returns>The report.</returns>
    public static AgentTaskReport Of(QueuedTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        if ((task.Result ?? task.Failure?.Result) is { } json)
        {
            try
            {
                return OrchestratorJson.Read(json, HostingJsonContext.Default.AgentTaskReport);
            }
            catch (JsonException)
            {
                // Written by another version: fall through to what the row itself says.
            }
        }

        return new AgentTaskReport
        {
            TaskId = task.Id,
            Status = task.State == QueuedTaskState.Cancelled ? AgentTaskStatus.Cancelled : AgentTaskStatus.Failed,
            Failure = task.State == QueuedTaskState.Cancelled ? null : new AgentFailure
            {
                Class = EnumNames.Parse<FailureClass>(task.Failure?.Code),
                Message = task.Failure?.Message ?? "The task ended without a report.",
            },
        };
    }
}
