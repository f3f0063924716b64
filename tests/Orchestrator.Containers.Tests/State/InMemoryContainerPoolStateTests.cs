using Orchestrator.Conformance.Containers;
using Orchestrator.Containers.State;

namespace Orchestrator.Containers.Tests.State;

public sealed class InMemoryContainerPoolStateTests : ContainerPoolStateConformanceTests
{
    private readonly InMemoryContainerPoolState _state = new();

    protected override IContainerPoolState Open() => _state;

    [Fact]
    public async Task Memory_keeps_a_limited_number_of_requests()
    {
        for (var number = 1; number <= 1_001; number++)
        {
            await _state.AddRequestAsync(Request(number), Cancel);
        }

        Assert.Null(await _state.FindRequestAsync(Request(1).Id, Cancel));
        Assert.Equal(1_000, (await _state.TakeRequestsAsync("w", Request(1).CreatedAt, Cancel)).Count);
    }
}
