using Orchestrator.Providers;
using Orchestrator.Queue.Workers;
using Orchestrator.Routing;

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
        Assert.Equal([failure, null], report.Attempts.Select(attempt => attempt.Failure?.Class));
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
