using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Providers;

/// <summary>How a provider works.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<ProviderKind>))]
public enum ProviderKind
{
    /// <summary>A kind that this version does not know.</summary>
    Unknown = 0,

    /// <summary>Any program; what it changed in the workspace is its result.</summary>
    Command,

    /// <summary>A coding agent's command-line program, run headless in a workspace or container.</summary>
    AgentCli,

    /// <summary>A service that works elsewhere on a repository and branch, such as Jules or Copilot's cloud agent.</summary>
    RemoteService,

    /// <summary>A chat model with our own tools.</summary>
    ChatClient,
}
