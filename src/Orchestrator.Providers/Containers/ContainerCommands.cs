using System.Runtime.CompilerServices;
using Orchestrator.Providers.Cli;
using Orchestrator.Providers.Processes;
using Orchestrator.Providers.Workspaces;
using Orchestrator.Tasks;

namespace Orchestrator.Providers.Containers;

/// <summary>Runs commands of the host in leased containers, on what agents wrote: as the programs of agents run there, but without any secret.</summary>
/// <remarks>Thread-safe. A workspace is in one container at a time.</remarks>
public sealed class ContainerCommands
{
    private readonly AgentContainers _containers;

    internal ContainerCommands(AgentContainers containers, bool runsVerifyCommands) => (_containers, RunsVerifyCommands) = (containers, runsVerifyCommands);

    /// <summary>The pool that they, and all agents of the host, run in.</summary>
    public string Pool => _containers.Pool;

    /// <summary>Whether verify commands are meant to run here; see <see cref="AgentContainerOptions.RunsVerifyCommands"/>.</summary>
    public bool RunsVerifyCommands { get; }

    /// <summary>Runs a command in a workspace, in a container of its own with the environment of its image.</summary>
    /// <param name="task">Whose cost the container is.</param>
    /// <param name="workspace">Where it runs: nobody else uses it until the enumeration is disposed.</param>
    /// <param name="command">The command.</param>
    /// <param name="limits">The clocks over it.</param>
    /// <param name="cancellationToken">Stops it and everything it started; only then does the enumeration throw.</param>
    /// <returns>Lines as they come, then one item with how it ended: <see cref="ProcessEnd.Lost"/> when its container did. The workspace is back, unless it was lost too, and nothing runs any more when the enumeration is disposed.</returns>
    /// <exception cref="ContainerUnavailableException">None could be had; the message says why.</exception>
    /// <exception cref="ProcessStartException">The image has no such program.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async IAsyncEnumerable<ProcessOutput> RunAsync(
        AgentTask task, GitWorkspace workspace, CommandLine command, AgentTimeLimits limits, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(limits);

        var execution = new AgentExecution { Id = workspace.ExecutionId, Task = task, Workspace = workspace.Workspace };
        var (place, refused) = await _containers.EnterAsync(execution, limits, cancellationToken).ConfigureAwait(false);
        if (place is null)
        {
            throw new ContainerUnavailableException(refused.Class, refused.Message);
        }

        await using var leaving = place.ConfigureAwait(false);
        var inside = place.Execution.Workspace!;
        var request = new ProcessRequest
        {
            Command = command,
            WorkingDirectory = inside.Directory,
            Environment = AgentSandbox.ContainerEnvironment(inside),
            ExecutionId = execution.Id,
            Limits = limits,
        };
        await foreach (var item in place.Runner.RunAsync(request, cancellationToken).ConfigureAwait(false))
        {
            yield return item;
        }
    }
}
