using Microsoft.Extensions.Logging;

namespace Orchestrator.Providers.Workspaces;

/// <summary>What every workspace works with.</summary>
internal sealed record GitWorkspaceServices(GitCommand Git, WorkspaceOptions Options, TimeProvider Time, ILogger Logger);
