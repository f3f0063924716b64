using Orchestrator.Queue.Diagnostics;
using Orchestrator.Queue.Workers;

namespace Orchestrator.Queue.Handlers;

/// <summary>What a handler's result comes to, given why it was asked to stop.</summary>
internal static class HandlerOutcome
{
    public static string Name(TaskHandlerResult result, TaskStopReason reason) => (result.Status, reason) switch
    {
        // Its own transaction ended the lease: the heart may have found it gone.
        (TaskHandlerStatus.AlreadyCompleted, _) => TaskQueueDiagnostics.OutcomeCompleted,
        (_, TaskStopReason.LeaseLost) => TaskQueueDiagnostics.OutcomeLost,
        (TaskHandlerStatus.Completed, _) => TaskQueueDiagnostics.OutcomeCompleted,
        (_, TaskStopReason.CancelRequested) => TaskQueueDiagnostics.OutcomeCancelled,
        (TaskHandlerStatus.Failed, _) or (_, TaskStopReason.TimedOut) => TaskQueueDiagnostics.OutcomeFailed,
        _ => TaskQueueDiagnostics.OutcomeReleased,
    };
}
