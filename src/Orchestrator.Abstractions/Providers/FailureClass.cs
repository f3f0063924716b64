using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Providers;

/// <summary>The classes of failure. Retry, fallback and health are decided by class alone.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<FailureClass>))]
public enum FailureClass
{
    /// <summary>Not classified, or a class that this version does not know.</summary>
    Unknown = 0,

    /// <summary>The agent ended well but changed nothing.</summary>
    NoChanges,

    /// <summary>The agent was refused the tools or files it needed.</summary>
    PermissionDenied,

    /// <summary>The key is missing, wrong or may not do this.</summary>
    Authentication,

    /// <summary>Too many requests now; the same request may work later.</summary>
    RateLimited,

    /// <summary>The plan or balance is used up.</summary>
    Quota,

    /// <summary>The provider's servers failed.</summary>
    ProviderError,

    /// <summary>The provider could not be reached, or its program is not installed.</summary>
    Unavailable,

    /// <summary>The model does not exist or is not offered any more.</summary>
    ModelNotFound,

    /// <summary>The provider refused the request as it stands; no other attempt will fare better.</summary>
    BadRequest,

    /// <summary>The task does not fit the model's context window.</summary>
    ContextTooLong,

    /// <summary>The provider's policy forbids the content.</summary>
    ContentPolicy,

    /// <summary>The agent used up its turns.</summary>
    TurnLimit,

    /// <summary>The money for the task is used up.</summary>
    Budget,

    /// <summary>No first event in time.</summary>
    StartupTimeout,

    /// <summary>No output for too long.</summary>
    IdleTimeout,

    /// <summary>The whole execution took too long.</summary>
    Timeout,

    /// <summary>Somebody cancelled it. Says nothing about the provider.</summary>
    Cancelled,

    /// <summary>Our own settings are wrong; nothing was attempted.</summary>
    Configuration,

    /// <summary>The agent's output ended early or made no sense.</summary>
    Protocol,

    /// <summary>The program ended with an error code or by a signal, and said nothing that is known.</summary>
    Crashed,

    /// <summary>The provider wrote outside its workspace, or tried to.</summary>
    OutsideWorkspace,

    /// <summary>The changes could not be applied.</summary>
    PatchRejected,

    /// <summary>The changes were applied, and the verify command said no. The tree was restored.</summary>
    VerificationFailed,
}
