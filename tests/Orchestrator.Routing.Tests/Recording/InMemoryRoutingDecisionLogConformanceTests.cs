using Orchestrator.Conformance.Routing;
using Orchestrator.Routing.Decisions;

namespace Orchestrator.Routing.Tests.Recording;

public sealed class InMemoryRoutingDecisionLogConformanceTests : RoutingDecisionLogConformanceTests
{
    private readonly InMemoryRoutingDecisionLog _log = new();

    protected override IRoutingDecisionLog Open() => _log;
}
