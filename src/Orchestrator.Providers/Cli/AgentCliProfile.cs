using Orchestrator.Providers.Processes;
using Orchestrator.Providers.Proxy;

namespace Orchestrator.Providers.Cli;

/// <summary>What one agent CLI is: facts, its command line, and a parser of its output. Everything else is the same for all of them.</summary>
internal sealed record AgentCliProfile
{
    /// <summary>The word in configuration, which is also the provider's name when none is given.</summary>
    public required string Kind { get; init; }

    /// <summary>The name that people know it by.</summary>
    public required string Title { get; init; }

    /// <summary>The program when the options name none.</summary>
    public required string Executable { get; init; }

    /// <summary>How to get the program, one sentence.</summary>
    public required string Install { get; init; }

    /// <summary>The versions that tests have seen, by contract tests or recordings; <see langword="null"/> for a CLI that is built from its documentation only.</summary>
    public required TestedVersions? Tested { get; init; }

    /// <summary>What makes it print its version; <see langword="null"/> for a CLI that is better not started for that.</summary>
    public IReadOnlyList<string>? VersionArguments { get; init; } = ["--version"];

    /// <summary>The name of the secret with its key when the options name none.</summary>
    public required string ApiKeySecret { get; init; }

    /// <summary>The vendor's address, in the form that the CLI takes; <see langword="null"/> for a CLI that takes none.</summary>
    public required string? BaseUrl { get; init; }

    /// <summary>The protocol between the CLI and the model, so that the proxy can stand between; <see langword="null"/> when none can.</summary>
    public required ModelProtocol? Protocol { get; init; }

    /// <summary>What asks it to stop.</summary>
    public required StopSignal StopSignal { get; init; }

    /// <summary>What it can do, see <see cref="ProviderCapabilities"/>.</summary>
    public required ValueList<string> Capabilities { get; init; }

    /// <summary>Whether it ends after a number of turns of the model that we can choose.</summary>
    public bool LimitsTurns { get; init; }

    /// <summary>
    /// Paths in a repository, with slashes, from which it runs programs whatever we tell it. Where one is there and the repository's tools are not allowed, it is not started.
    /// </summary>
    public IReadOnlyList<string> RepositoryPrograms { get; init; } = [];

    /// <summary>Makes the command line, the variables and the settings files of a run.</summary>
    public required Func<AgentCliRun, AgentCliLaunch> Launch { get; init; }

    /// <summary>Makes the parser of a run.</summary>
    public required Func<AgentCliRun, IAgentOutputParser> CreateParser { get; init; }
}
