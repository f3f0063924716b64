using System.Runtime.CompilerServices;
using Orchestrator.Providers;

namespace Orchestrator.Routing.Tests;

/// <summary>A provider that does nothing, and answers health checks as the test says.</summary>
internal sealed class StubProvider(ProviderDescriptor descriptor) : IAgentProvider
{
    public ProviderDescriptor Descriptor { get; } = descriptor;

    public Func<CancellationToken, ValueTask<ProviderHealth>> Health { get; init; } =
        _ => ValueTask.FromResult(new ProviderHealth { Status = HealthStatus.Healthy, Message = "ready" });

    public async IAsyncEnumerable<AgentEvent> ExecuteAsync(AgentExecution execution, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        yield return new AgentCompleted { Result = new AgentResult() };
    }

    public ValueTask<ProviderHealth> CheckHealthAsync(CancellationToken cancellationToken) => Health(cancellationToken);
}
