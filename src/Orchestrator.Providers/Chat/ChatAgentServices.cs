using Microsoft.Extensions.Logging;
using Orchestrator.Patching;
using Orchestrator.Providers.Containers;
using Orchestrator.Providers.Processes;
using Orchestrator.Secrets;

namespace Orchestrator.Providers.Chat;

/// <summary>What chat agents stand on.</summary>
internal sealed record ChatAgentServices
{
    /// <summary>The client, or why it could not be made.</summary>
    public required ChatClientSource Client { get; init; }

    /// <summary><see langword="null"/> when the host has none; the agent then says so instead of working.</summary>
    public required IPatchManager? Patches { get; init; }

    public required ProcessRunner Runner { get; init; }

    /// <summary>Where commands run; <see langword="null"/> for this machine.</summary>
    public required AgentContainers? Containers { get; init; }

    public required SecretResolver Secrets { get; init; }

    public required ISecretRedactor Redactor { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger Logger { get; init; }
}
