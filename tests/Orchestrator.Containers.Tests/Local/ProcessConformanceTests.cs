using Orchestrator.Containers.Engines;

namespace Orchestrator.Containers.Local;

public sealed class ProcessInstanceLifeTests : InstanceLifeConformance
{
    protected override EngineSandbox Open() => ProcessSandbox.Open();
}

public sealed class ProcessCommandTests : CommandConformance
{
    protected override EngineSandbox Open() => ProcessSandbox.Open();
}

public sealed class ProcessStreamTests : StreamConformance
{
    protected override EngineSandbox Open() => ProcessSandbox.Open();
}
