using Orchestrator.Providers.Processes;

namespace Orchestrator.Providers.Containers;

/// <summary>Where one execution runs its program: this machine or a container of its own. Disposing it leaves the place, whatever happened there.</summary>
internal interface IAgentPlace : IAsyncDisposable
{
    /// <summary>The execution, its workspace where the program finds it.</summary>
    AgentExecution Execution { get; }

    /// <summary>What runs the program.</summary>
    IProcessRunner Runner { get; }

    /// <summary>Whether it is a container: it holds what runs in it, and its programs are its image's.</summary>
    bool IsContainer { get; }

    /// <summary>Whether a program finds its model there without the credential proxy.</summary>
    bool HasNetwork { get; }

    /// <summary>Where the credential proxy has to listen; <see langword="null"/> for any port of this machine.</summary>
    ProxyDoor? Door { get; }

    /// <summary>What the place itself has cost so far, in US dollars; 0 where it costs nothing.</summary>
    decimal CostUsd { get; }

    /// <summary>Leaves the place; only the first call does.</summary>
    /// <returns>Whether the workspace is back, and nothing that ran in the place can change it any more.</returns>
    ValueTask<bool> LeaveAsync();

    /// <summary>
    /// Leaves the place at the outcome, and takes it back where the place was lost. Adds what the place costs to costs that are known: what is not known does not become known by it. Other events stay
    /// as they are.
    /// </summary>
    ValueTask<AgentEvent> CompleteAsync(AgentEvent happened);
}

/// <summary>A socket of the file system that is a port for the program.</summary>
/// <param name="SocketPath">The socket.</param>
/// <param name="Port">The port on the program's loopback.</param>
internal sealed record ProxyDoor(string SocketPath, int Port);
