using Orchestrator.Containers.Engines;

namespace Orchestrator.Containers.Docker;

[Trait("Engine", "Docker")]
public sealed class DockerStreamTests : StreamConformance
{
    protected override EngineSandbox Open() => DockerServer.Open();
}
