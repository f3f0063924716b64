using Orchestrator.Containers.Tests.Scripted;

namespace Orchestrator.Containers.Tests.Reconciling;

public sealed class ScriptedPoolScenarioTests : PoolScenarios
{
    protected override ScenarioEngine Open() => new(new ScriptedEngine(TimeProvider.System), static pool => pool.Image = "test");
}
