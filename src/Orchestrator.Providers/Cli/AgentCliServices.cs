using Orchestrator.Providers.Containers;
using Orchestrator.Providers.Proxy;
using Orchestrator.Secrets;

namespace Orchestrator.Providers.Cli;

/// <summary>What the providers of all agent CLIs work with. One for a host.</summary>
internal sealed record AgentCliServices(AgentProcessPipeline Pipeline, SecretResolver Secrets, CredentialProxies Proxies, ProgramCheck Check, TimeProvider Time, AgentContainers? Containers = null);
