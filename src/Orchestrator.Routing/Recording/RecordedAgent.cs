using Orchestrator.Providers;

namespace Orchestrator.Routing.Recording;

/// <summary>Stands for a provider in a replay. It can be chosen, and it carries out nothing.</summary>
internal sealed class RecordedAgent(ProviderDescriptor descriptor) : IAgentProvider
{
    private const string Refusal = "A replay chooses providers; it does not run them.";

    public ProviderDescriptor Descriptor { get; } = descriptor;

    public IAsyncEnumerable<AgentEvent> ExecuteAsync(AgentExecution execution, CancellationToken cancellationToken) => throw new NotSupportedException(Refusal);

    public ValueTask<ProviderHealth> CheckHealthAsync(CancellationToken cancellationToken) => throw new NotSupportedException(Refusal);
}
