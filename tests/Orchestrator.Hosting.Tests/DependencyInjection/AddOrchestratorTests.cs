using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orchestrator.Routing;

namespace Orchestrator.Hosting.Tests.DependencyInjection;

public sealed class AddOrchestratorTests
{
    [Fact]
    public void Adding_it_twice_adds_every_part_once()
    {
        using var once = new ServiceCollection().AddOrchestrator().Services.BuildServiceProvider();
        using var twice = new ServiceCollection().AddOrchestrator().Services.AddOrchestrator().Services.BuildServiceProvider();

        Assert.Equal(Names(once.GetServices<IHostedService>()), Names(twice.GetServices<IHostedService>()));
        Assert.Equal(Names(once.GetServices<IResultTarget>()), Names(twice.GetServices<IResultTarget>()));
        Assert.Equal(Names(once.GetServices<IValidateOptions<OrchestratorOptions>>()), Names(twice.GetServices<IValidateOptions<OrchestratorOptions>>()));
    }

    [Fact]
    public void What_dead_processes_left_is_taken_up_before_the_worker_starts()
    {
        using var services = new ServiceCollection().AddOrchestrator().Services.BuildServiceProvider();

        var names = Names(services.GetServices<IHostedService>());

        Assert.True(names.IndexOf("OrchestratorRecovery") < names.IndexOf("HostedTaskWorker"), string.Join(", ", names));
    }

    [Fact]
    public void A_service_that_is_registered_already_stays()
    {
        var router = new FakeRouter();
        using var services = new ServiceCollection().AddSingleton<IProviderRouter>(router).AddOrchestrator().Services.BuildServiceProvider();

        Assert.Same(router, services.GetRequiredService<IProviderRouter>());
    }

    [Fact]
    public async Task A_host_with_wrong_options_does_not_start_and_says_all_that_is_wrong()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddOrchestrator(options => (options.MaxAttempts, options.Concurrency) = (0, 0));
        using var host = builder.Build();

        var error = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains(nameof(OrchestratorOptions.MaxAttempts), error.ToString(), StringComparison.Ordinal);
        Assert.Contains(nameof(OrchestratorOptions.Concurrency), error.ToString(), StringComparison.Ordinal);
    }

    private static List<string> Names(IEnumerable<object> services) => [.. services.Select(service => service.GetType().Name)];
}
