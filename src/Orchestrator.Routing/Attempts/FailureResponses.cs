using Orchestrator.Providers;

namespace Orchestrator.Routing.Attempts;

/// <summary>The one table that says what follows a failure. Retry and fallback are decided by the class alone.</summary>
public static class FailureResponses
{
    /// <summary>What follows a failure.</summary>
    /// <param name="failure">Its class.</param>
    /// <returns>The response.</returns>
    public static FailureResponse Of(FailureClass failure) => failure switch
    {
        // The servers' own trouble passes; so does a torn stream.
        FailureClass.ProviderError or FailureClass.Protocol => FailureResponse.RetrySame,

        FailureClass.RateLimited => FailureResponse.NextOrWait,
        FailureClass.ContextTooLong => FailureResponse.NextWithMoreContext,

        // Another provider has another key, balance, model, policy and tools.
        FailureClass.Authentication or FailureClass.Quota or FailureClass.ModelNotFound or FailureClass.ContentPolicy or FailureClass.PermissionDenied
            or FailureClass.Unavailable or FailureClass.Crashed or FailureClass.TurnLimit
            or FailureClass.StartupTimeout or FailureClass.IdleTimeout or FailureClass.Timeout or FailureClass.Unknown => FailureResponse.Next,

        // An agent that finds nothing to do, a request that is wrong in itself, an agent that broke out of its workspace, work that must be repaired and not
        // repeated, somebody's will: the end of the task.
        _ => FailureResponse.Stop,
    };
}
