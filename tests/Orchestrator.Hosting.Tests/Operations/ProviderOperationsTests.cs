using Orchestrator.Auditing;
using Orchestrator.Executions;
using Orchestrator.Providers;
using Orchestrator.Routing;

namespace Orchestrator.Hosting.Tests.Operations;

public sealed class ProviderOperationsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_assignment_is_kept_and_audited_and_starts_nothing()
    {
        var (cheap, dear) = (new ScriptedProvider("cheap"), new ScriptedProvider("dear"));
        await using var rig = new OperationsRig(cheap, dear);

        var decision = await rig.Operations.AssignAsync(rig.Task, cancellationToken: Cancel);

        Assert.Equal(("cheap", "dear"), (decision.Provider, decision.Fallbacks.Single()));
        var operations = await rig.Service<IOperationLog>().ReadAsync(new OperationQuery { TaskId = "task-1" }, Cancel).ToListAsync(Cancel);
        var operation = Assert.Single(operations).Operation;
        Assert.Equal((OperationNames.RoutingDecided, "cheap", decision.Id.ToString()), (operation.Name, operation.Provider, operation.Data["decision_id"]));
        Assert.Empty(await rig.Service<IExecutionLog>().ListAsync("task-1", Cancel));
        Assert.Equal((0, 0, 0), (cheap.Runs, dear.Runs, rig.Operations.GetStatus("cheap").InFlight));
    }

    [Fact]
    public async Task The_preferred_provider_is_assigned_when_it_can_do_the_task_and_another_when_it_cannot()
    {
        await using var rig = new OperationsRig(new ScriptedProvider("cheap"), new ScriptedProvider("dear"));

        var preferred = await rig.Operations.AssignAsync(rig.Task, "DEAR", Cancel);
        rig.Operations.Drain("dear");
        var other = await rig.Operations.AssignAsync(rig.Task, "dear", Cancel);

        Assert.Equal(("dear", RoutingReason.Override), (preferred.Provider, preferred.Reason));
        Assert.Equal("cheap", other.Provider);
    }

    [Fact]
    public async Task A_provider_that_there_is_not_is_named_with_those_there_are()
    {
        await using var rig = new OperationsRig(new ScriptedProvider("cheap"));

        var errors = new[]
        {
            await Assert.ThrowsAsync<ArgumentException>(() => rig.Operations.AssignAsync(rig.Task, "nobody", Cancel).AsTask()),
            await Assert.ThrowsAsync<ArgumentException>(() => rig.Operations.ExecuteAsync(rig.Task, "nobody", cancellationToken: Cancel).AsTask()),
            await Assert.ThrowsAsync<ArgumentException>(() => rig.Operations.CheckAsync("nobody", Cancel).AsTask()),
            Assert.Throws<ArgumentException>(() => rig.Operations.GetStatus("nobody")),
            Assert.Throws<ArgumentException>(() => rig.Operations.Drain("nobody")),
        };

        Assert.All(errors, error => Assert.Contains("cheap", error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_task_is_executed_by_the_named_provider_and_the_caller_hears_of_every_step()
    {
        await using var rig = new OperationsRig(new ScriptedProvider("cheap"), new ScriptedProvider("dear"));
        await rig.StartAsync();
        var heard = new Heard();

        var report = await rig.Operations.ExecuteAsync(rig.Task, "Dear", heard, Cancel);

        Assert.Equal((AgentTaskStatus.Verified, "dear"), (report.Status, report.Provider));
        Assert.Equal("dear\n", rig.Git.Read("made.txt"));
        Assert.Superset(
            new HashSet<AgentTaskStep> { AgentTaskStep.Enqueued, AgentTaskStep.Leased, AgentTaskStep.Routed, AgentTaskStep.Executing, AgentTaskStep.Delivered, AgentTaskStep.Verified, AgentTaskStep.Finished },
            heard.Events.Select(heardEvent => heardEvent.Step).ToHashSet());
        Assert.All(heard.Events, heardEvent => Assert.Equal("task-1", heardEvent.TaskId));
    }

    [Fact]
    public void Who_stopped_listening_hears_no_more()
    {
        var relay = new ProgressRelay();
        var (first, second) = (new Heard(), new Heard());
        var said = new AgentTaskEvent { TaskId = "task-1", At = DateTimeOffset.UnixEpoch, Step = AgentTaskStep.Routed, Message = "" };

        using (relay.Subscribe("task-1", first))
        {
            using (relay.Subscribe("task-1", second))
            {
                relay.OnEvent(said);
            }

            relay.OnEvent(said);
            relay.OnEvent(said with { TaskId = "task-2" });
        }

        relay.OnEvent(said);
        Assert.Equal((2, 1), (first.Events.Count, second.Events.Count));
    }

    [Fact]
    public async Task A_check_asks_the_provider_and_the_status_shows_what_it_said()
    {
        var provider = new ScriptedProvider("one") { Health = HealthStatus.Unhealthy };
        await using var rig = new OperationsRig(provider, new ScriptedProvider("two"));

        var before = rig.Operations.GetStatus("one").Health;
        var after = await rig.Operations.CheckAsync("ONE", Cancel);

        Assert.Equal((HealthStatus.Unknown, HealthStatus.Unhealthy, "one is Unhealthy."), (before, after.Health, after.HealthMessage));
        Assert.Equal(HealthStatus.Unknown, rig.Operations.GetStatus("two").Health);
        Assert.Equal(["one", "two"], rig.Operations.ListStatuses().Select(status => status.Provider));
    }

    [Fact]
    public async Task Suitable_providers_come_best_first_and_the_others_with_their_reasons()
    {
        var mute = new ScriptedProvider("mute");
        var clever = new ScriptedProvider("clever") { Descriptor = new() { Name = "clever", Kind = ProviderKind.Command, Capabilities = ["instructions"] } };
        var dear = new ScriptedProvider("dear") { Descriptor = new() { Name = "dear", Kind = ProviderKind.Command, Capabilities = ["instructions"] } };
        await using var rig = new OperationsRig(mute, clever, dear);
        rig.Operations.Drain("dear");
        var task = rig.Task with { Requires = ["instructions"] };

        var drained = rig.Operations.ListAvailable(task);
        var isResumed = rig.Operations.Resume("dear");
        var all = rig.Operations.ListAvailable(task);

        Assert.True(isResumed);
        Assert.Equal("clever", Assert.Single(drained.Suitable).Provider);
        Assert.Equal([("dear", RejectionReason.Draining), ("mute", RejectionReason.Capability)], drained.Unsuitable.Select(candidate => (candidate.Provider, candidate.Rejection)));
        Assert.Equal(["clever", "dear"], all.Suitable.Select(candidate => candidate.Provider));
        Assert.All(all.Suitable, candidate => Assert.NotNull(candidate.Score));
        Assert.Null(all.EligibleAt);
    }

    [Fact]
    public async Task A_persons_verdict_is_credited_to_the_provider_that_did_the_work()
    {
        var broken = new ScriptedProvider("broken") { Failure = FailureClass.Authentication };
        await using var rig = new OperationsRig(broken, new ScriptedProvider("worker"));
        await rig.StartAsync();
        var report = await rig.Operations.ExecuteAsync(rig.Task, cancellationToken: Cancel);
        var decision = report.Decision!.Value.Id;

        var known = await rig.Operations.ReportVerdictAsync(decision, FeedbackVerdict.Accepted, Cancel);
        var learned = await rig.Operations.ReportVerdictAsync(decision, FeedbackVerdict.Rejected, Cancel);
        var again = await rig.Operations.ReportVerdictAsync(decision, FeedbackVerdict.Rejected, Cancel);
        var unknown = await rig.Operations.ReportVerdictAsync(Guid.Parse("0197a6b4-1c2d-7e3f-8a4b-5c6d7e8f9a0b"), FeedbackVerdict.Rejected, Cancel);

        Assert.Equal(["broken", "worker"], report.Attempts.Select(attempt => attempt.Provider));
        Assert.Equal(new FeedbackResult(FeedbackStatus.AlreadyCounted, "worker"), known);
        Assert.Equal(new FeedbackResult(FeedbackStatus.Learned, "worker"), learned);
        Assert.Equal(FeedbackStatus.AlreadyCounted, again.Status);
        Assert.Equal(FeedbackStatus.UnknownDecision, unknown.Status);
    }
}
