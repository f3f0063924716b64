namespace Orchestrator.Hosting;

/// <summary>Watches tasks while they run in this process. Register any number of them with the container.</summary>
/// <remarks>Called on the worker's thread, in order for each task: return quickly. An exception is logged and does not touch the task.</remarks>
public interface IAgentTaskObserver
{
    /// <summary>Something happened.</summary>
    /// <param name="agentTaskEvent">What.</param>
    void OnEvent(AgentTaskEvent agentTaskEvent);
}
