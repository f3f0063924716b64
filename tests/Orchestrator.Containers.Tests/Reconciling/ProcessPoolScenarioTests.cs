namespace Orchestrator.Containers.Tests.Reconciling;

public sealed class ProcessPoolScenarioTests : PoolScenarios
{
    protected override ScenarioEngine Open() => ProcessScenario.Open();
}
