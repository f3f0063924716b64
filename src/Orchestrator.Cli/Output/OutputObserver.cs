using Orchestrator.Hosting;

namespace Orchestrator.Cli.Output;

/// <summary>Shows what happens to a task while it runs.</summary>
internal sealed class OutputObserver(ICliOutput output) : IAgentTaskObserver
{
    public void OnEvent(AgentTaskEvent agentTaskEvent) => output.Write(new CliLine { Type = "event", Event = agentTaskEvent });
}
