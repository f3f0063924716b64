using System.Runtime.CompilerServices;
using Orchestrator.Providers;

namespace Orchestrator.Benchmarks;

/// <summary>A provider that is only looked at, never run.</summary>
internal sealed class SampleProvider(ProviderDescriptor descriptor) : IAgentProvider
{
    public ProviderDescriptor Descriptor { get; } = descriptor;

    public async IAsyncEnumerable<AgentEvent> ExecuteAsync(AgentExecution execution, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        yield return new AgentCompleted { Result = new AgentResult() };
    }

    public ValueTask<ProviderHealth> CheckHealthAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(new ProviderHealth { Status = HealthStatus.Healthy, Message = "ready" });
}
