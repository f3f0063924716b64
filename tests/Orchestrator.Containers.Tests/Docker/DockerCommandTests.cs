using Orchestrator.Containers.Engines;

namespace Orchestrator.Containers.Docker;

[Trait("Engine", "Docker")]
public sealed class DockerCommandTests : CommandConformance
{
    protected override EngineSandbox Open() => DockerServer.Open();
}
