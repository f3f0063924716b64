using Orchestrator.Providers.Processes;

namespace Orchestrator.Providers.Containers;

/// <summary>This machine.</summary>
internal sealed class MachinePlace(AgentExecution execution, IProcessRunner runner) : IAgentPlace
{
    public AgentExecution Execution => execution;

    public IProcessRunner Runner => runner;

    public bool IsContainer => false;

    public bool HasNetwork => true;

    public ProxyDoor? Door => null;

    public decimal CostUsd => 0;

    public ValueTask<bool> LeaveAsync() => ValueTask.FromResult(true);

    public ValueTask<AgentEvent> CompleteAsync(AgentEvent happened) => ValueTask.FromResult(happened);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
