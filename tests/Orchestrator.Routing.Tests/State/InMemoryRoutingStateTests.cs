using Orchestrator.Conformance.Routing;
using Orchestrator.Routing.State;
using Orchestrator.Testing;

namespace Orchestrator.Routing.Tests.State;

public sealed class InMemoryRoutingStateTests : RoutingStateConformanceTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly InMemoryRoutingStateStore _store;

    public InMemoryRoutingStateTests() => _store = new InMemoryRoutingStateStore(_time);

    protected override IRoutingStateStore Open() => _store;

    protected override ValueTask LetPassAsync(TimeSpan time)
    {
        _time.Advance(time);
        return ValueTask.CompletedTask;
    }
}
