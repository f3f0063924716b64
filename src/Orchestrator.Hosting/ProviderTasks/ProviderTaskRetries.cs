using Orchestrator.Providers;
using Orchestrator.Queue.Workers;

namespace Orchestrator.Hosting;

/// <summary>Says by the class of a failure whether a provider task is tried again. Its provider is fixed, so what only another provider could mend is not.</summary>
internal static class ProviderTaskRetries
{
    /// <summary>Whether the same provider may fare better later.</summary>
    public static bool MayPass(FailureClass failure) => failure is FailureClass.RateLimited or FailureClass.ProviderError or FailureClass.Unavailable
        or FailureClass.StartupTimeout or FailureClass.IdleTimeout or FailureClass.Protocol or FailureClass.Crashed;

    /// <summary>The main job's result with the word on a retry.</summary>
    public static TaskHandlerResult Judge(TaskHandlerResult result, AgentTaskReport report) =>
        result is { Status: TaskHandlerStatus.Failed, Failure: { } failure } && report.Failure is { } cause && MayPass(cause.Class)
            ? TaskHandlerResult.Failed(failure with { Retryable = true, RetryAfter = cause.RetryAfter })
            : result;
}
