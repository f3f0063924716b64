using Orchestrator.Containers.Engines;

namespace Orchestrator.Containers.Docker;

[Trait("Engine", "Docker")]
public sealed class DockerInstanceLifeTests : InstanceLifeConformance
{
    protected override EngineSandbox Open() => DockerServer.Open();
}
