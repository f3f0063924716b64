using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Providers;
using Orchestrator.Routing;
using Orchestrator.Tasks;

// A host that wants nothing but the router: two providers of its own, one decision.
var services = new ServiceCollection();
services.AddSingleton<IAgentProvider>(new Provider("cheap", 0.01m));
services.AddSingleton<IAgentProvider>(new Provider("dear", 9m));
services.AddProviderRouting();
await using var provider = services.BuildServiceProvider();

var router = provider.GetRequiredService<IProviderRouter>();
var decision = router.Route(new AgentTask
{
    Id = "t1",
    Type = AgentTaskType.Fix,
    Instructions = "Mend it.",
    Source = new LocalSource { Path = "/src" },
    CostProfile = CostProfile.Economy,
});
Console.WriteLine($"{decision.Provider}, then {string.Join(", ", decision.Fallbacks)}");
return decision is { Provider: "cheap", Fallbacks: ["dear"] } ? 0 : 1;

internal sealed class Provider(string name, decimal price) : IAgentProvider
{
    public ProviderDescriptor Descriptor { get; } = new() { Name = name, Kind = ProviderKind.Command, PricePerTaskUsd = price };

    public async IAsyncEnumerable<AgentEvent> ExecuteAsync(AgentExecution execution, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        yield return new AgentCompleted { Result = new AgentResult() };
    }

    public ValueTask<ProviderHealth> CheckHealthAsync(CancellationToken cancellationToken) => new(new ProviderHealth { Status = HealthStatus.Healthy, Message = "ok" });
}
