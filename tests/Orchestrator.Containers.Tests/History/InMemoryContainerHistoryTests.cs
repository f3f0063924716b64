using Orchestrator.Conformance.Containers;
using Orchestrator.Containers.History;

namespace Orchestrator.Containers.Tests.History;

public sealed class InMemoryContainerHistoryTests : ContainerHistoryConformanceTests
{
    private readonly InMemoryContainerHistory _history = new();

    protected override IContainerHistory Open() => _history;
}
