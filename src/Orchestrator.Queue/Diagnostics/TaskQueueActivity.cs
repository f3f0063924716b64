using System.Diagnostics;

namespace Orchestrator.Queue.Diagnostics;

/// <summary>One activity for each run of a handler, joined to the activity that enqueued the task.</summary>
internal static class TaskQueueActivity
{
    private static readonly ActivitySource Source = new(TaskQueueDiagnostics.ActivitySourceName);

    public static bool IsListenedTo => Source.HasListeners();

    public static Activity? Start(QueuedTask task)
    {
        ActivityContext.TryParse(task.TraceParent, null, isRemote: true, out var parent);
        var activity = Source.StartActivity($"run {task.Type}", ActivityKind.Consumer, parent);
        return activity?.SetTag(TaskQueueDiagnostics.QueueTag, task.Queue)
            .SetTag(TaskQueueDiagnostics.TypeTag, task.Type)
            .SetTag(TaskQueueDiagnostics.TaskIdTag, task.Id);
    }

    public static void End(Activity? activity, string outcome, string? failureCode)
    {
        activity?.SetTag(TaskQueueDiagnostics.OutcomeTag, outcome);
        if (failureCode is not null)
        {
            activity?.SetStatus(ActivityStatusCode.Error, failureCode);
        }
    }
}
