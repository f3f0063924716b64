using Orchestrator.Auditing;
using Orchestrator.Executions;
using Orchestrator.Providers;
using Orchestrator.Queue.Workers;
using Orchestrator.Routing;
using Orchestrator.Tasks;

namespace Orchestrator.Hosting.Tests.Attempts;

public sealed class AttemptLoopTests
{
    [Theory]
    [InlineData(FailureClass.RateLimited)]
    [InlineData(FailureClass.Authentication)]
    [InlineData(FailureClass.Crashed)]
    [InlineData(FailureClass.Timeout)]
    [InlineData(FailureClass.Unavailable)]
    [InlineData(FailureClass.Protocol)]
    public async Task A_failure_that_is_the_providers_own_falls_back_to_the_next_one(FailureClass failure)
    {
        using var rig = new MainJobRig("first", "second");
        rig.Providers[0].Failure = failure;

        var result = await rig.HandleAsync(rig.Task());

        var report = MainJobRig.ReportOf(result);
        Assert.Equal(AgentTaskStatus.Verified, report.Status);
        Assert.Equal("second", report.Provider);
        Assert.Null(report.Failure);
        Assert.All(report.Attempts.SkipLast(1), attempt => Assert.Equal(("first", failure), (attempt.Provider, attempt.Failure!.Class)));
        Assert.Equal(("second", null), (report.Attempts[^1].Provider, report.Attempts[^1].Failure));
        Assert.Equal("second\n", rig.Repository.Read("made.txt"));
        Assert.Empty(rig.Leaks());
    }

    [Theory]
    [InlineData(FailureClass.BadRequest)]
    [InlineData(FailureClass.Budget)]
    [InlineData(FailureClass.Configuration)]
    [InlineData(FailureClass.NoChanges)]
    [InlineData(FailureClass.OutsideWorkspace)]
    public async Task A_failure_that_no_other_provider_can_mend_ends_the_task(FailureClass failure)
    {
        using var rig = new MainJobRig("first", "second");
        rig.Providers[0].Failure = failure;

        var result = await rig.HandleAsync(rig.Task());

        var report = MainJobRig.ReportOf(result);
        Assert.Equal(TaskHandlerStatus.Failed, result.Status);
        Assert.Equal(AgentTaskStatus.Failed, report.Status);
        Assert.Equal(failure, report.Failure!.Class);
        Assert.Equal(0, rig.Providers[1].Runs);
        Assert.Equal("", rig.Repository.Status());
        Assert.Empty(rig.Leaks());
    }

    [Fact]
    public async Task The_router_hears_how_each_attempt_ended_and_whether_the_result_was_right()
    {
        using var rig = new MainJobRig("first", "second");
        rig.Providers[0].Failure = FailureClass.RateLimited;

        await rig.HandleAsync(rig.Task("false"));

        Assert.Equal(
            [("first", OutcomeStage.Ended, FailureClass.RateLimited), ("second", OutcomeStage.Ended, null), ("second", OutcomeStage.Verified, (FailureClass?)FailureClass.VerificationFailed)],
            rig.Router.Outcomes.Select(outcome => (outcome.Provider, outcome.Stage, outcome.Failure)));
        var verified = rig.Router.Outcomes[^1];
        Assert.Equal((rig.Router.Decisions[1].Id, TaskComplexity.Moderate), (verified.DecisionId, verified.Complexity));
    }

    [Fact]
    public async Task Each_attempt_has_a_decision_of_its_own_in_audit_assignments_and_report()
    {
        using var rig = new MainJobRig("first", "second");
        rig.Providers[0].Failure = FailureClass.RateLimited;

        var report = MainJobRig.ReportOf(await rig.HandleAsync(rig.Task()));

        var ids = rig.Router.Decisions.Select(decision => decision.Id).ToList();
        Assert.Equal(2, ids.Count);
        Assert.Equal(ids, rig.Logs.Assignments.Select(assignment => assignment.Decision.Id));
        Assert.Equal(["first", "second"], rig.Logs.Assignments.Select(assignment => assignment.Decision.Provider));
        Assert.Equal(ids.Select(id => id.ToString()), rig.Logs.Of(OperationNames.RoutingDecided).Select(operation => operation.Data["decision_id"]));
        Assert.Equal(("first", "rate_limited"), (rig.Logs.Of(OperationNames.RoutingDecided)[1].Data["after"], rig.Logs.Of(OperationNames.RoutingDecided)[1].Data["after_failure"]));
        Assert.Equal(ids, report.Attempts.Select(attempt => attempt.DecisionId!.Value));
        Assert.Equal(ids[1], report.Decision!.Value.Id);
        Assert.Equal(["first", "second"], report.Candidates.Select(candidate => candidate.Provider));
        Assert.Equal(
            [("first", ExecutionStatus.Failed, 1), ("second", ExecutionStatus.Verified, 2)],
            rig.Logs.Executions.Select(execution => (execution.Provider, execution.Status, execution.Attempt)));
        Assert.Equal(report.Attempts.Select(attempt => attempt.ExecutionId), rig.Logs.Executions.Select(execution => execution.Id));
    }

    [Fact]
    public async Task When_nobody_is_left_the_last_failure_is_told_and_the_rejection_audited()
    {
        using var rig = new MainJobRig("first");
        rig.Providers[0].Failure = FailureClass.Authentication;

        var report = MainJobRig.ReportOf(await rig.HandleAsync(rig.Task()));

        Assert.Equal((AgentTaskStatus.Failed, FailureClass.Authentication), (report.Status, report.Failure!.Class));
        Assert.Equal(("first", "first"), (report.Provider, report.Decision!.Value.Provider));
        Assert.Equal([OperationOutcome.Succeeded, OperationOutcome.Refused], rig.Logs.Of(OperationNames.RoutingDecided).Select(operation => operation.Outcome));
    }

    [Fact]
    public async Task A_task_that_nobody_can_do_is_refused_with_the_reason()
    {
        using var rig = new MainJobRig();

        var report = MainJobRig.ReportOf(await rig.HandleAsync(rig.Task()));

        Assert.Equal((AgentTaskStatus.Refused, "Nobody is left."), (report.Status, report.Failure!.Message));
        Assert.True(report.Decision!.Value.IsRejected);
        Assert.Empty(report.Attempts);
        Assert.Single(rig.Logs.Assignments);
    }

    [Fact]
    public async Task A_task_that_allows_a_race_has_one_provider_at_a_time_and_is_told_so()
    {
        using var rig = new MainJobRig("first", "second");

        var report = MainJobRig.ReportOf(await rig.HandleAsync(rig.Task() with { Racing = TaskRacing.Race }));

        Assert.Equal((AgentTaskStatus.Verified, "first"), (report.Status, report.Provider));
        Assert.Equal(0, rig.Providers[1].Runs);
        Assert.Contains(report.Notes, note => note.Contains("the main job runs one provider at a time", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_attempts_that_a_crash_ended_cost_counts_and_they_use_up_no_attempt()
    {
        using var rig = new MainJobRig("first", "second");
        await rig.Logs.SaveAsync(
            new ExecutionRecord { Id = "before", TaskId = "task-1", Provider = "first", Status = ExecutionStatus.Failed, StartedAt = DateTimeOffset.UnixEpoch, CostUsd = 0.75m },
            TestContext.Current.CancellationToken);
        decimal? budget = null;
        rig.Providers[0].Work = execution =>
        {
            budget = execution.BudgetUsd;
            return new AgentFailed { Failure = new AgentFailure { Class = FailureClass.Crashed, Message = "no" } };
        };

        var report = MainJobRig.ReportOf(await rig.HandleAsync(rig.Task() with { MaxCostUsd = 1m }, crashes: 2));

        Assert.Equal(0.25m, budget);
        Assert.Equal((AgentTaskStatus.Verified, "second"), (report.Status, report.Provider));
        Assert.Equal([3, 4], rig.Logs.Executions.Where(execution => execution.Id != "before").Select(execution => execution.Attempt));
    }

    [Fact]
    public async Task What_an_attempt_under_an_earlier_lease_cost_counts_without_any_crash()
    {
        using var rig = new MainJobRig("first");
        await rig.Logs.SaveAsync(
            new ExecutionRecord { Id = "before", TaskId = "task-1", Provider = "first", Status = ExecutionStatus.Cancelled, StartedAt = DateTimeOffset.UnixEpoch, CostUsd = 0.75m },
            TestContext.Current.CancellationToken);
        decimal? budget = null;
        rig.Providers[0].Work = execution =>
        {
            budget = execution.BudgetUsd;
            return new AgentFailed { Failure = new AgentFailure { Class = FailureClass.BadRequest, Message = "no" } };
        };

        await rig.HandleAsync(rig.Task() with { MaxCostUsd = 1m }, lease: 2);

        Assert.Equal(0.25m, budget);
    }

    [Theory]
    [InlineData("first", null, 0.25)]
    [InlineData("first", FailureClass.Crashed, 0.25)]
    [InlineData("first", FailureClass.Unavailable, 1.0)]
    [InlineData("unknown", null, 1.0)]
    public async Task An_earlier_attempt_that_never_told_its_cost_counts_what_its_provider_is_expected_to_cost(string provider, FailureClass? failure, double left)
    {
        using var rig = new MainJobRig("first");
        rig.Router.Price = 0.75;
        await rig.Logs.SaveAsync(
            new ExecutionRecord
            {
                Id = "before",
                TaskId = "task-1",
                Provider = provider,
                Status = failure is null ? ExecutionStatus.Cancelled : ExecutionStatus.Failed,
                Failure = failure is { } known ? new AgentFailure { Class = known, Message = "no" } : null,
                StartedAt = DateTimeOffset.UnixEpoch,
            },
            TestContext.Current.CancellationToken);
        decimal? budget = null;
        rig.Providers[0].Work = execution =>
        {
            budget = execution.BudgetUsd;
            return new AgentFailed { Failure = new AgentFailure { Class = FailureClass.BadRequest, Message = "no" } };
        };

        await rig.HandleAsync(rig.Task() with { MaxCostUsd = 1m }, lease: 2);

        Assert.Equal((decimal)left, budget);
    }

    [Fact]
    public async Task When_the_deadline_passes_the_attempt_is_cancelled_and_told()
    {
        using var rig = new MainJobRig("first", "second");
        rig.Providers[0].Hangs = true;

        var report = MainJobRig.ReportOf(await rig.HandleAsync(rig.Task() with { Deadline = TimeProvider.System.GetUtcNow().AddSeconds(2) }));

        Assert.Equal((AgentTaskStatus.Failed, FailureClass.Timeout), (report.Status, report.Failure!.Class));
        Assert.Equal(FailureClass.Cancelled, Assert.Single(report.Attempts).Failure!.Class);
        Assert.Equal(ExecutionStatus.Cancelled, rig.Logs.Executions.Single().Status);
        Assert.Equal(0, rig.Providers[1].Runs);
        Assert.Empty(rig.Leaks());
    }

    [Fact]
    public async Task What_each_provider_was_configured_as_is_kept_before_it_runs()
    {
        using var rig = new MainJobRig("first", "second");
        rig.Providers[0].Failure = FailureClass.RateLimited;

        await rig.HandleAsync(rig.Task());

        Assert.Equal([("first", "test", "local"), ("second", "test", "local")], rig.Logs.Configurations.Select(kept => (kept.Descriptor.Name, kept.WorkerName, kept.ContainerName)));
        Assert.Equal(rig.Providers[0].Descriptor, rig.Logs.Configurations[0].Descriptor);
    }

    [Fact]
    public async Task The_changes_are_told_only_once_they_are_safe()
    {
        using var rig = new MainJobRig("first");
        rig.Leases.IsLost = _ => true;

        await Assert.ThrowsAsync<OperationCanceledException>(() => rig.HandleAsync(rig.Task()));

        Assert.DoesNotContain(rig.Logs.Operations, operation => operation.Name == Orchestrator.Auditing.OperationNames.PatchCollected);
        Assert.Equal("", rig.Repository.Status());
        Assert.Empty(rig.Leaks());
    }
}
