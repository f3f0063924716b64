using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Cli.Tests.Commands;
using Orchestrator.Providers;
using Orchestrator.Routing;
using Orchestrator.Tasks;

namespace Orchestrator.Cli.Tests.Scenarios;

/// <summary>The ten documented scenarios of routing, each as words and as JSON.</summary>
public sealed class RoutingScenarioTests
{
    [Fact]
    public async Task Plain_the_lowest_expected_cost_wins()
    {
        using var scenario = new RoutingScenario();

        await scenario.ApproveAsync("plain", ExitCodes.Success);
    }

    [Fact]
    public async Task Override_the_task_names_its_provider()
    {
        using var scenario = new RoutingScenario();

        await scenario.ApproveAsync("override", ExitCodes.Success, "--provider", "vast");
    }

    [Fact]
    public async Task Rule_the_first_that_matches_is_final()
    {
        using var scenario = new RoutingScenario("""
            {
              "rules": [
                { "name": "night-shift", "when": { "labels": { "shift": "night" } }, "then": { "provider": "swift" } },
                { "name": "refactor-well", "when": { "taskTypes": ["refactor"] }, "then": { "group": "strong", "profile": "quality" } }
              ]
            }
            """);

        await scenario.ApproveAsync("rule", ExitCodes.Success, "--type", "refactor");
    }

    [Fact]
    public async Task Sticky_the_session_stays_with_its_provider()
    {
        using var scenario = new RoutingScenario("""{ "sticky": { "stayBonusUsd": 0.5 } }""");
        await scenario.BeforeAsync(services =>
        {
            services.GetRequiredService<IProviderRouter>().Route(Task with { SessionKey = "shop", Provider = "solid" });
            return ValueTask.CompletedTask;
        });

        await scenario.ApproveAsync("sticky", ExitCodes.Success, "--session", "shop");
    }

    [Fact]
    public async Task Budget_spent_what_does_not_fit_any_more_is_not_asked()
    {
        using var scenario = new RoutingScenario("""{ "budgets": [{ "name": "day", "window": "day", "maxUsd": 2 }] }""");
        await scenario.BeforeAsync(async services =>
        {
            var admitted = await services.GetRequiredService<IProviderAdmission>().AdmitAsync(new AdmissionRequest(Task, "vast", "attempt-1", 0.6m), CommandRunner.Cancel);
            await admitted.Admission.SettleAsync(1.9m, 50_000, CommandRunner.Cancel);
        });

        await scenario.ApproveAsync("budget-spent", ExitCodes.Success);
    }

    [Fact]
    public async Task Breaker_open_a_wrong_key_opens_it_at_once()
    {
        using var scenario = new RoutingScenario();
        await scenario.BeforeAsync(services => Report(services, ("solid", FailureClass.Authentication, null)));

        await scenario.ApproveAsync("breaker-open", ExitCodes.Success);
    }

    [Fact]
    public async Task Context_window_the_request_must_fit()
    {
        using var scenario = new RoutingScenario();

        await scenario.ApproveAsync("context-window", ExitCodes.Success, "--tokens", "300000");
    }

    [Fact]
    public async Task Data_residency_only_where_the_data_may_go()
    {
        using var scenario = new RoutingScenario();

        await scenario.ApproveAsync("data-residency", ExitCodes.Success, "--data-residency", "eu", "--profile", "economy");
    }

    [Fact]
    public async Task Experiment_the_task_is_dealt_to_an_arm()
    {
        using var scenario = new RoutingScenario("""
            {
              "experiments": [
                { "name": "vast-canary", "when": { "taskTypes": ["fix"] }, "arms": [{ "name": "control", "share": 0.5, "then": { "provider": "swift" } }, { "name": "canary", "share": 0.5, "then": { "group": "new" } }] }
              ]
            }
            """);

        await scenario.ApproveAsync("experiment", ExitCodes.Success);
    }

    [Fact]
    public async Task Nobody_the_answer_names_the_earliest_time()
    {
        using var scenario = new RoutingScenario();
        await scenario.BeforeAsync(services =>
        {
            services.GetRequiredService<IProviderStatuses>().Drain("vast");
            return Report(services, ("swift", FailureClass.Quota, TimeSpan.FromHours(2)), ("solid", FailureClass.RateLimited, TimeSpan.FromSeconds(90)));
        });

        await scenario.ApproveAsync("nobody", ExitCodes.Failed);
    }

    private static AgentTask Task { get; } = new()
    {
        Id = "task-0",
        Type = AgentTaskType.Fix,
        Instructions = "Earlier work.",
        Source = new LocalSource { Path = "/src" },
    };

    private static ValueTask Report(IServiceProvider services, params (string Provider, FailureClass Failure, TimeSpan? RetryAfter)[] failures)
    {
        var router = services.GetRequiredService<IProviderRouter>();
        foreach (var (provider, failure, retryAfter) in failures)
        {
            router.Report(new ExecutionOutcome(Guid.Empty, provider, AgentTaskType.Fix, OutcomeStage.Ended, failure, retryAfter));
        }

        return ValueTask.CompletedTask;
    }
}
