using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Providers;
using Orchestrator.Routing;
using Orchestrator.Routing.Attempts;
using Orchestrator.Routing.State;
using Orchestrator.Tasks;
using Orchestrator.Testing;

namespace Orchestrator.Hosting.Tests.Attempts;

public sealed class ReservationRenewalTests
{
    private static readonly AgentTask Task = new() { Id = "task-1", Type = AgentTaskType.Fix, Instructions = "Do it.", Source = new LocalSource { Path = "/src" } };

    [Fact]
    public async Task What_an_attempt_reserved_is_held_as_long_as_it_runs_and_no_longer()
    {
        var token = TestContext.Current.CancellationToken;
        var time = new ManualTimeProvider();
        var store = new RenewedStore(time);
        await using var services = Services(time, store);
        var statuses = services.GetRequiredService<IProviderStatuses>();
        var request = new AttemptRequest { Task = Task, ReservationDuration = ReservationRenewal.Duration };

        var outcome = await services.GetRequiredService<ProviderAttempts>().RunAsync<int>(
            request,
            async (context, cancellationToken) =>
            {
                await using (new ReservationRenewal(context, time))
                {
                    // Twice as long as a reservation lasts by itself.
                    for (var i = 0; i < 8; i++)
                    {
                        await time.WaitForTimerAsync(1, cancellationToken);
                        time.Advance(ReservationRenewal.Interval);
                        Assert.Equal((context.Id, ReservationRenewal.Duration), await store.Renewals.Reader.ReadAsync(cancellationToken));
                    }

                    Assert.Equal(1, statuses.Get("one").InFlight);
                    Assert.Equal(1m, statuses.Get("one").Budgets[0].LeftUsd);
                }

                time.Advance(ReservationRenewal.Duration);
                Assert.Equal(0, statuses.Get("one").InFlight);
                return new AttemptResult<int> { Value = 1, CostUsd = 0.5m };
            },
            token);

        Assert.True(outcome.Succeeded);
        Assert.Equal(1.5m, statuses.Get("one").Budgets[0].LeftUsd);
        Assert.Equal(0, time.ArmedTimers);
    }

    private static ServiceProvider Services(TimeProvider time, IRoutingStateStore store)
    {
        var services = new ServiceCollection();
        services.AddSingleton(time).AddSingleton(store);
        services.AddSingleton<IAgentProvider>(new ScriptedProvider("one"));
        services.AddProviderRouting(routing =>
        {
            routing.Providers["one"] = new ProviderSettings { PricePerTaskUsd = 1 };
            routing.Budgets.Add(new RoutingBudget { Name = "total", Window = BudgetWindow.Total, MaxUsd = 2 });
        });
        services.AddSingleton(provider => new ProviderAttempts(
            provider.GetRequiredService<IProviderRouter>(), provider.GetRequiredService<ProviderRegistry>(), provider.GetRequiredService<IProviderAdmission>(), time));
        return services.BuildServiceProvider();
    }
}
