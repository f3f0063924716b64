using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Routing.Decisions;
using Orchestrator.Routing.State;

namespace Orchestrator.Routing.Tests.DependencyInjection;

public sealed class LastingStoreTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_database_keeps_what_the_router_remembers_whichever_is_added_first(bool routerFirst)
    {
        var services = new ServiceCollection();
        if (routerFirst)
        {
            services.AddProviderRouting();
        }

        services.AddOrchestratorStorage();
        services.AddProviderRouting();
        using var provider = services.BuildServiceProvider();

        Assert.Equal("SqliteRoutingStateStore", Assert.Single(provider.GetServices<IRoutingStateStore>()).GetType().Name);
        Assert.Equal("SqliteRoutingDecisionLog", Assert.Single(provider.GetServices<IRoutingDecisionLog>()).GetType().Name);
    }

    [Fact]
    public void Without_a_database_it_is_remembered_in_memory()
    {
        var services = new ServiceCollection();
        services.AddProviderRouting();
        using var provider = services.BuildServiceProvider();

        Assert.IsType<InMemoryRoutingStateStore>(Assert.Single(provider.GetServices<IRoutingStateStore>()));
        Assert.IsType<InMemoryRoutingDecisionLog>(Assert.Single(provider.GetServices<IRoutingDecisionLog>()));
    }
}
