using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Hosting;

/// <summary>How a task ended.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<AgentTaskStatus>))]
public enum AgentTaskStatus
{
    /// <summary>A status that this version does not know.</summary>
    Unknown = 0,

    /// <summary>The result was delivered, and the verify command said yes.</summary>
    Verified,

    /// <summary>The result was delivered; there was no verify command to ask.</summary>
    Unverified,

    /// <summary>The task was refused before any provider was asked. Nothing was changed.</summary>
    Refused,

    /// <summary>No provider gave a result. Nothing was changed.</summary>
    Failed,

    /// <summary>The result did not fit the tree. Nothing was changed.</summary>
    PatchRejected,

    /// <summary>The verify command said no. The tree was restored.</summary>
    VerificationFailed,

    /// <summary>Somebody cancelled it. Nothing was changed.</summary>
    Cancelled,
}
