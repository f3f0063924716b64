using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Providers;
using Orchestrator.Routing;
using Orchestrator.Routing.Decisions;
using Orchestrator.Tasks;
using Orchestrator.Testing;

namespace Orchestrator.Cli.Tests.Commands;

public sealed class RoutingCommandsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly CommandRunner _runner;

    public RoutingCommandsTests()
    {
        var file = _directory.Combine("settings.json");
        File.WriteAllText(file, """
            {
              "providers": {
                "codex": { "enabled": false }, "claude": { "enabled": false }, "gemini": { "enabled": false }, "copilot": { "enabled": false }, "cursor": { "enabled": false }, "dotnet-format": { "enabled": false },
                "swift": { "command": ["true"], "capabilities": ["instructions"], "pricePerTaskUsd": 0.05 },
                "solid": { "command": ["true"], "capabilities": ["instructions"], "pricePerTaskUsd": 0.20 }
              },
              "routing": {
                "seed": 42, "learning": { "explorationShare": 0, "floorShare": 0 },
                "providers": { "swift": { "maxConcurrent": 2, "requestsPerDay": 100 } },
                "budgets": [{ "name": "day", "maxUsd": 5 }]
              }
            }
            """);
        _runner = new CommandRunner { Config = file };
    }

    public void Dispose()
    {
        _runner.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Kept_decisions_are_listed_the_newest_first_with_their_outcomes()
    {
        var first = await DecideAsync("task-1");
        var second = await DecideAsync("task-2", FailureClass.Timeout);

        var all = await _runner.JsonAsync(ExitCodes.Success, "route", "--history");
        var one = await _runner.JsonAsync(ExitCodes.Success, "route", "--history", "--limit", "1");
        var ofTask = await _runner.JsonAsync(ExitCodes.Success, "route", "--history", "--task", "task-1");
        var words = await _runner.WordsAsync(ExitCodes.Success, "route", "--history");

        Assert.Equal([second.Id, first.Id], all.Select(IdOf));
        Assert.Equal(second.Id, Assert.Single(one.Select(IdOf)));
        Assert.Equal(first.Id, Assert.Single(ofTask.Select(IdOf)));
        Assert.Equal("timeout", all[0].GetProperty("decision").GetProperty("outcomes")[0].GetProperty("outcome").GetProperty("failure").GetString());
        Assert.Contains(first.Id.ToString(), words, StringComparison.Ordinal);
        Assert.Contains("ended: timeout", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kept_decision_comes_out_the_same_when_it_is_made_again()
    {
        var decision = await DecideAsync("task-1");

        var line = Assert.Single(await _runner.JsonAsync(ExitCodes.Success, "route", "--replay", decision.Id.ToString())).GetProperty("replay");
        var words = await _runner.WordsAsync(ExitCodes.Success, "route", "--replay", decision.Id.ToString(), "--explain");

        Assert.True(line.GetProperty("is_same").GetBoolean());
        Assert.Equal("swift", line.GetProperty("recorded").GetProperty("provider").GetString());
        Assert.Equal(2, line.GetProperty("explanation").GetProperty("candidates").GetArrayLength());
        Assert.Contains("comes out the same", words, StringComparison.Ordinal);
        Assert.Contains("solid", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_decision_that_comes_out_differently_is_told_with_the_differences_and_exit_code_1()
    {
        var decision = await DecideAsync("task-1");
        var forged = Guid.Parse("0197a6b4-1c2d-7e3f-8a4b-5c6d7e8f9a0c");
        await using (var host = await _runner.HostAsync())
        {
            var log = host.Services.GetRequiredService<IRoutingDecisionLog>();
            var record = (await log.FindAsync(decision.Id, CommandRunner.Cancel))!;
            await log.AppendAsync([record with { Decision = record.Decision with { Id = forged, Provider = "solid" } }], CommandRunner.Cancel);
        }

        var line = Assert.Single(await _runner.JsonAsync(ExitCodes.Failed, "route", "--replay", forged.ToString())).GetProperty("replay");
        var words = await _runner.WordsAsync(ExitCodes.Failed, "route", "--replay", forged.ToString());

        Assert.Equal("the provider was 'solid' and is 'swift'", Assert.Single(line.GetProperty("differences").EnumerateArray()).GetString());
        Assert.Contains("comes out differently", words, StringComparison.Ordinal);
        Assert.Contains("the provider was 'solid' and is 'swift'", words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no decision", "--replay", "0197a6b4-1c2d-7e3f-8a4b-5c6d7e8f9a0b")]
    [InlineData("no decision id", "--replay", "yesterday")]
    [InlineData("one at a time", "--history", "--replay", "0197a6b4-1c2d-7e3f-8a4b-5c6d7e8f9a0b")]
    [InlineData("1000", "--history", "--limit", "1001")]
    [InlineData("The task is empty", "--explain")]
    public async Task A_question_that_has_no_answer_is_an_error_of_usage(string words, params string[] arguments)
    {
        await DecideAsync("task-1");

        var line = Assert.Single(await _runner.JsonAsync(ExitCodes.Usage, ["route", .. arguments]));

        Assert.Contains(words, line.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_history_is_not_looked_for_where_there_is_no_database()
    {
        await _runner.JsonAsync(ExitCodes.Usage, "route", "--history");

        Assert.False(Directory.Exists(_runner.Path("state")));
    }

    [Fact]
    public async Task A_persons_verdict_counts_once_and_later_commands_know_of_it()
    {
        var decision = await DecideAsync("task-1");
        var before = await SuccessRateAsync();

        var told = Assert.Single(await _runner.JsonAsync(ExitCodes.Success, "feedback", decision.Id.ToString(), "reject")).GetProperty("feedback");
        var again = await _runner.WordsAsync(ExitCodes.Success, "feedback", decision.Id.ToString(), "reject");

        Assert.Equal(("learned", "swift", "rejected"), (told.GetProperty("status").GetString(), told.GetProperty("provider").GetString(), told.GetProperty("verdict").GetString()));
        Assert.Contains("nothing happened", again, StringComparison.Ordinal);
        Assert.True(await SuccessRateAsync() < before, $"It was {before}.");
    }

    [Theory]
    [InlineData(ExitCodes.Failed, "0197a6b4-1c2d-7e3f-8a4b-5c6d7e8f9a0b", "accept")]
    [InlineData(ExitCodes.Usage, "yesterday", "accept")]
    [InlineData(ExitCodes.Usage, "0197a6b4-1c2d-7e3f-8a4b-5c6d7e8f9a0b", "perhaps")]
    public async Task A_verdict_about_nothing_is_an_error(int exitCode, string decision, string verdict)
    {
        await DecideAsync("task-1");

        var line = Assert.Single(await _runner.JsonAsync(exitCode, "feedback", decision, verdict));

        Assert.Equal("error", line.GetProperty("type").GetString());
    }

    [Fact]
    public async Task Providers_are_shown_with_how_they_stand()
    {
        await using (var host = await _runner.HostAsync())
        {
            await host.LoadRoutingStateAsync(CommandRunner.Cancel);
            host.Services.GetRequiredService<IProviderStatuses>().Drain("solid");
            host.Services.GetRequiredService<IProviderRouter>().Report(
                new ExecutionOutcome(Guid.Empty, "swift", AgentTaskType.Fix, OutcomeStage.Ended, FailureClass.Authentication));
            await host.Services.GetRequiredService<IRoutingState>().SaveAsync(CommandRunner.Cancel);
        }

        var lines = (await _runner.JsonAsync(ExitCodes.Success, "providers", "--repo", _directory.Path)).Select(line => line.GetProperty("provider")).ToList();
        var words = await _runner.WordsAsync(ExitCodes.Success, "providers", "--repo", _directory.Path);

        var (solid, swift) = (lines[0].GetProperty("status"), lines[1].GetProperty("status"));
        Assert.Equal(("solid", true, "closed"), (solid.GetProperty("provider").GetString(), solid.GetProperty("is_draining").GetBoolean(), solid.GetProperty("breaker").GetString()));
        Assert.Equal(("open", "healthy", 2), (swift.GetProperty("breaker").GetString(), swift.GetProperty("health").GetString(), swift.GetProperty("max_concurrent").GetInt32()));
        Assert.Equal(("day", "all", 5m), Budget(swift));
        Assert.Equal(4, swift.GetProperty("success_rates").GetArrayLength());
        Assert.Contains("drained: takes no new work", words, StringComparison.Ordinal);
        Assert.Contains("breaker open until", words, StringComparison.Ordinal);
        Assert.Contains("runs 0 of 2", words, StringComparison.Ordinal);
        Assert.Contains("budget day: 5 of 5 USD left", words, StringComparison.Ordinal);
    }

    private static (string?, string?, decimal) Budget(JsonElement status)
    {
        var budget = status.GetProperty("budgets")[0];
        return (budget.GetProperty("name").GetString(), budget.GetProperty("scope").GetString(), budget.GetProperty("left_usd").GetDecimal());
    }

    private static Guid IdOf(JsonElement line) => line.GetProperty("decision").GetProperty("decision").GetProperty("id").GetGuid();

    private async Task<double> SuccessRateAsync()
    {
        var lines = await _runner.JsonAsync(ExitCodes.Success, "providers", "--repo", _directory.Path);
        var swift = lines.Select(line => line.GetProperty("provider").GetProperty("status")).Single(status => status.GetProperty("provider").GetString() == "swift");
        return swift.GetProperty("success_rates").EnumerateArray().Single(rate => rate.GetProperty("task_type").GetString() == "fix").GetProperty("rate").GetDouble();
    }

    private async Task<RoutingDecision> DecideAsync(string taskId, FailureClass? failure = null)
    {
        await using var host = await _runner.HostAsync();
        var router = host.Services.GetRequiredService<IProviderRouter>();
        var decision = router.Route(new AgentTask { Id = taskId, Type = AgentTaskType.Fix, Instructions = "Mend it.", Source = new LocalSource { Path = "/src" }, Complexity = TaskComplexity.Simple });
        router.Report(new ExecutionOutcome(decision.Id, decision.Provider!, AgentTaskType.Fix, OutcomeStage.Ended, failure, Complexity: decision.Complexity));
        return decision;
    }
}
