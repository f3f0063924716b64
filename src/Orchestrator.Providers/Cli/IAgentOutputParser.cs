using Orchestrator.Providers.Processes;

namespace Orchestrator.Providers.Cli;

/// <summary>Understands the output of one execution of one program. Lines are redacted before they come here. Not thread-safe.</summary>
internal interface IAgentOutputParser
{
    /// <summary>Reads a line of standard output. A line that makes no sense gives nothing; it never throws.</summary>
    IEnumerable<AgentEvent> Read(string line);

    /// <summary>Says what came of it, once the program has ended by itself.</summary>
    /// <returns><see cref="AgentCompleted"/> or <see cref="AgentFailed"/>.</returns>
    AgentEvent End(ProcessExit exit, string errorTail);

    /// <summary>The tokens seen so far, for an execution that was stopped.</summary>
    TokenUsage Usage { get; }

    /// <summary>What the program says that it cost so far, for an execution that was stopped; <see langword="null"/> where it tells none before its end.</summary>
    decimal? CostUsd => null;

    /// <summary>
    /// Whether the program has said its last words although it may still run: programs that are known to stay alive say <see langword="true"/> then. It has
    /// the time of grace to end, then it is stopped, which is no time-out.
    /// </summary>
    bool IsDone => false;
}
