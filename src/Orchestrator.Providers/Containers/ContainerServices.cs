using Microsoft.Extensions.Logging;
using Orchestrator.Containers;
using Orchestrator.Secrets;

namespace Orchestrator.Providers.Containers;

/// <summary>What runs in containers work with. One for a host.</summary>
internal sealed record ContainerServices(
    IContainerBalancer Balancer, IContainerEngine Engine, AgentContainerOptions Options, ISecretRedactor Redactor, TimeProvider Time, ILogger Logger);
