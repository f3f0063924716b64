using Orchestrator.Containers.Tests.Reconciling;

namespace Orchestrator.Containers.Docker;

[Trait("Engine", "Docker")]
public sealed class DockerPoolScenarioTests : PoolScenarios
{
    protected override ScenarioEngine Open() => DockerScenario.Open();
}
