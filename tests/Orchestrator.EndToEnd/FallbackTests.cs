using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.EndToEnd.Kit;
using Orchestrator.Executions;
using Orchestrator.Testing;

namespace Orchestrator.EndToEnd;

/// <summary>A provider that fails, and the next one that does its work: every trace of both is there afterwards.</summary>
public sealed class FallbackTests : IDisposable
{
    private readonly CliRig _rig = new();
    private readonly GitRepository _repository = SampleRepositories.WithHello();

    [Fact]
    public async Task The_next_provider_takes_over_and_both_attempts_are_in_audit_executions_and_report()
    {
        var result = await RunAsync();

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal("steady", result.Report.GetProperty("provider").GetString());
        Assert.Equal(SampleRepositories.Hello + "more\n", _repository.Read("hello.txt"));
        var attempts = result.Report.GetProperty("attempts").EnumerateArray().ToList();
        Assert.Equal([("shaky", "crashed"), ("steady", null)], attempts.Select(attempt => (attempt.GetProperty("provider").GetString(), FailureOf(attempt))));
        Assert.Equal("steady", result.Report.GetProperty("decision").GetProperty("provider").GetString());

        var entries = (await _rig.AuditAsync(result.TaskId)).Select(entry => entry.GetProperty("operation")).ToList();
        var decided = entries.Where(entry => entry.GetProperty("name").GetString() == "routing.decided").ToList();
        Assert.Equal(["shaky", "steady"], decided.Select(entry => entry.GetProperty("provider").GetString()));
        Assert.Equal(attempts.Select(attempt => attempt.GetProperty("decision_id").GetString()), decided.Select(entry => entry.GetProperty("data").GetProperty("decision_id").GetString()));
        Assert.Equal(("shaky", "crashed"), (decided[1].GetProperty("data").GetProperty("after").GetString(), decided[1].GetProperty("data").GetProperty("after_failure").GetString()));
        Assert.Equal(
            [("shaky", "failed"), ("steady", "succeeded")],
            entries.Where(entry => entry.GetProperty("name").GetString() == "execution.finished").Select(entry => (entry.GetProperty("provider").GetString(), entry.GetProperty("outcome").GetString())));

        var executions = await ExecutionsAsync(result.TaskId);
        Assert.Equal([("shaky", ExecutionStatus.Failed, 1), ("steady", ExecutionStatus.Verified, 2)], executions.Select(execution => (execution.Provider, execution.Status, execution.Attempt)));
        Assert.Equal(attempts.Select(attempt => attempt.GetProperty("execution_id").GetString()), executions.Select(execution => execution.Id));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public async Task Both_decisions_are_kept_with_their_outcomes_and_come_out_the_same_when_they_are_made_again()
    {
        var run = await RunAsync();
        var ids = run.Report.GetProperty("attempts").EnumerateArray().Select(attempt => attempt.GetProperty("decision_id").GetString()!).ToList();

        var history = await _rig.RunAsync("route", "--history", "--task", run.TaskId);
        var first = await _rig.RunAsync("route", "--replay", ids[0]);
        var second = await _rig.RunAsync("route", "--replay", ids[1]);

        Assert.True(history.ExitCode == 0, history.ToString());
        var kept = history.Lines.Select(line => line.GetProperty("decision")).ToList();
        Assert.Equal([ids[1], ids[0]], kept.Select(line => line.GetProperty("decision").GetProperty("id").GetString()));
        Assert.Equal(["crashed"], Outcomes(kept[1]).Select(outcome => outcome.GetProperty("failure").GetString()));
        Assert.Equal(["ended", "verified"], Outcomes(kept[0]).Select(outcome => outcome.GetProperty("stage").GetString()));
        Assert.True(first.ExitCode == 0, first.ToString());
        Assert.True(second.ExitCode == 0, second.ToString());
        Assert.Equal(["shaky", "steady"], new[] { first, second }.Select(result => result.Lines[0].GetProperty("replay").GetProperty("recorded").GetProperty("provider").GetString()));
        Assert.All(new[] { first, second }, result => Assert.True(result.Lines[0].GetProperty("replay").GetProperty("is_same").GetBoolean()));
        Assert.Equal(2, (await _rig.RunAsync("route", "--replay", "0197a6b4-1c2d-7e3f-8a4b-5c6d7e8f9a0b")).ExitCode);
    }

    [Fact]
    public async Task What_verification_said_is_learned_and_a_person_may_say_otherwise()
    {
        var run = await RunAsync();
        var decision = run.Report.GetProperty("decision").GetProperty("id").GetString()!;

        var accepted = await _rig.RunAsync("feedback", decision, "accept");
        var rejected = await _rig.RunAsync("feedback", decision, "reject");

        Assert.Equal(("already_counted", "steady"), Feedback(accepted));
        Assert.Equal(0, rejected.ExitCode);
        Assert.Equal("steady", Feedback(rejected).Provider);
    }

    public void Dispose()
    {
        _repository.Dispose();
        _rig.Dispose();
    }

    private static string? FailureOf(JsonElement attempt) => attempt.TryGetProperty("failure", out var failure) ? failure.GetProperty("class").GetString() : null;

    private static IEnumerable<JsonElement> Outcomes(JsonElement line) => line.GetProperty("outcomes").EnumerateArray().Select(outcome => outcome.GetProperty("outcome"));

    private static (string? Status, string? Provider) Feedback(CliResult result)
    {
        var feedback = result.Lines[^1].GetProperty("feedback");
        return (feedback.GetProperty("status").GetString(), feedback.GetProperty("provider").GetString());
    }

    private Task<CliResult> RunAsync()
    {
        var able = new JsonArray("instructions");
        var config = _rig.ConfigureProviders(
            ("shaky", ShellProviders.Shell("echo half >> hello.txt; exit 7", new JsonObject { ["capabilities"] = able, ["pricePerTaskUsd"] = 0.01 })),
            ("steady", ShellProviders.Shell("echo more >> hello.txt", new JsonObject { ["capabilities"] = able.DeepClone(), ["pricePerTaskUsd"] = 0.10 })),
            ("codex", new JsonObject { ["enabled"] = false }));
        return _rig.RunAsync("run", "--repo", _repository.Path, "--task", "Append.", "--config", config, "--verify", "grep -q more hello.txt");
    }

    private async Task<ValueList<ExecutionRecord>> ExecutionsAsync(string taskId)
    {
        var services = new ServiceCollection();
        services.AddOrchestratorStorage().UseSqlite(Path.Combine(_rig.State, "orchestrator.db"));
        await using var provider = services.BuildServiceProvider();
        return await provider.GetRequiredService<IExecutionLog>().ListAsync(taskId, TestContext.Current.CancellationToken);
    }
}
