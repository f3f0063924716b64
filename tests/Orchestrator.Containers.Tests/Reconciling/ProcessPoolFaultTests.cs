namespace Orchestrator.Containers.Tests.Reconciling;

public sealed class ProcessPoolFaultTests : PoolFaultScenarios
{
    protected override ScenarioEngine Open(string? place = null) => ProcessScenario.Open(place);
}
