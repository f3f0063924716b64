using System.Collections.Concurrent;
using System.Diagnostics;
using Orchestrator.Providers;
using Orchestrator.Routing.Attempts;
using Orchestrator.Routing.Diagnostics;
using Orchestrator.Routing.Tests.Attempts;
using Orchestrator.Routing.Tests.Recording;
using Orchestrator.Tasks;
using static Orchestrator.Routing.Tests.RouterRig;

namespace Orchestrator.Routing.Tests.Diagnostics;

public sealed class TelemetryTests
{
    private const string Secret = "do not tell anybody";

    [Fact]
    public void Decisions_outcomes_costs_and_refusals_are_counted()
    {
        using var meters = new RecordingMeterFactory();
        var rig = new RouterRig([Provider("a"), Provider("b", 1)]);
        var router = new ProviderRouter(rig.Registry, rig.Clock, meterFactory: meters);
        new RoutingMetrics(meters).Refused("b", RejectionReason.Saturated);

        var decision = router.Route(NewTask());
        router.Route(NewTask() with { Requires = ["fly"] });
        router.Report(new ExecutionOutcome(
            decision.Id, "a", AgentTaskType.Fix, OutcomeStage.Ended, Duration: TimeSpan.FromSeconds(1.5), CostUsd: 0.25m, Tokens: 77, Complexity: decision.Complexity));
        router.Report(new ExecutionOutcome(decision.Id, "a", AgentTaskType.Fix, OutcomeStage.Verified, FailureClass.VerificationFailed));
        router.Report(new ExecutionOutcome(decision.Id, "b", AgentTaskType.Fix, OutcomeStage.Ended, FailureClass.Authentication, Duration: TimeSpan.FromSeconds(2)));

        Assert.Equal(
            [
                "orchestrator.routing.admission.refusals 1 b saturated",
                "orchestrator.routing.attempt.duration 1.5 a",
                "orchestrator.routing.attempt.duration 2 b authentication",
                "orchestrator.routing.breaker.changes 1 b open",
                "orchestrator.routing.cost 0.25 a",
                "orchestrator.routing.decisions 1 a best_score",
                "orchestrator.routing.decisions 1 none no_candidate",
                "orchestrator.routing.outcomes 1 a ended",
                "orchestrator.routing.outcomes 1 a verified verification_failed",
                "orchestrator.routing.outcomes 1 b ended authentication",
                "orchestrator.routing.rejections 1 a capability",
                "orchestrator.routing.rejections 1 b capability",
                "orchestrator.routing.tokens 77 a",
            ],
            meters.Seen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_share_of_exploration_can_be_seen()
    {
        using var meters = new RecordingMeterFactory();
        var rig = new RouterRig([Provider("a"), Provider("b", 5)], options => options.Learning.FloorShare = 0.5);
        var router = new ProviderRouter(rig.Registry, rig.Clock, meterFactory: meters);

        for (var i = 0; i < 400; i++)
        {
            router.Route(NewTask());
        }

        Assert.InRange(meters.Seen.Count(line => line == "orchestrator.routing.explorations 1 b"), 60, 140);
    }

    [Fact]
    public async Task What_is_written_and_what_is_lost_on_the_way_to_the_log_is_counted()
    {
        using var meters = new RecordingMeterFactory();
        var gate = new TaskCompletionSource();
        var log = new FlakyDecisionLog(gate: gate.Task);
        var rig = new RouterRig([Provider("a")]);
        await using var recorder = new RoutingRecorder(log, rig.Clock, meterFactory: meters, options: new RoutingRecorderConfig { Capacity = 1 });
        rig.Router.Observer = recorder;

        rig.Router.Route(NewTask());
        await log.Entered.Task.WaitAsync(TestContext.Current.CancellationToken);
        rig.Router.Route(NewTask());
        rig.Router.Route(NewTask());
        gate.SetResult();
        await recorder.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Equal(
            ["orchestrator.routing.records.dropped 1 full", "orchestrator.routing.records.written 1", "orchestrator.routing.records.written 1"],
            meters.Seen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_decision_that_somebody_listens_to_is_traced_without_a_word_of_the_task()
    {
        var activities = new ConcurrentBag<Activity>();
        using var listener = Listen(activities);
        var rig = new RouterRig([Provider("a") with { Models = [new() { Name = "m1" }] }]);

        var decision = rig.Router.Route(NewTask() with { Id = "traced-decision", Instructions = Secret, PreferredModel = "m1" });
        rig.Router.Route(NewTask() with { Id = "traced-rejection", Provider = "nobody" });

        var chosen = Of(activities, "traced-decision");
        Assert.Equal(("route", "a", "m1"), (chosen.OperationName, chosen.GetTagItem("gen_ai.provider.name"), chosen.GetTagItem("gen_ai.request.model")));
        Assert.Equal(decision.Id.ToString(), chosen.GetTagItem(ProviderRoutingDiagnostics.DecisionIdTag));
        Assert.Equal(("fix", "simple", "only_candidate"), (chosen.GetTagItem("routing.task.type"), chosen.GetTagItem("routing.task.complexity"), chosen.GetTagItem("routing.reason")));
        Assert.DoesNotContain(chosen.TagObjects, tag => tag.Value?.ToString()?.Contains(Secret, StringComparison.Ordinal) == true);
        Assert.Equal(ActivityStatusCode.Error, Of(activities, "traced-rejection").Status);
    }

    [Fact]
    public void An_attempt_is_traced_with_its_tokens_and_its_failure()
    {
        var activities = new ConcurrentBag<Activity>();
        using var listener = Listen(activities);
        var task = NewTask() with { Id = "traced-attempt" };

        RoutingActivity.End(
            RoutingActivity.StartAttempt(task, new RoutingDecision { Provider = "a" }, "b", "m2", 2),
            FailureClass.Timeout,
            new TokenUsage { InputTokens = 5, OutputTokens = 6 },
            tokens: 11,
            costUsd: 0.5m);

        var attempt = Of(activities, "traced-attempt");
        Assert.Equal(("invoke_agent b", ActivityKind.Client), (attempt.OperationName, attempt.Kind));
        Assert.Equal(("b", "m2", 2), (attempt.GetTagItem("gen_ai.provider.name"), attempt.GetTagItem("gen_ai.request.model"), attempt.GetTagItem("routing.attempt")));
        Assert.Equal((5L, 6L), (attempt.GetTagItem("gen_ai.usage.input_tokens"), attempt.GetTagItem("gen_ai.usage.output_tokens")));
        Assert.Equal((ActivityStatusCode.Error, "timeout", 0.5), (attempt.Status, attempt.GetTagItem("error.type"), attempt.GetTagItem("routing.cost_usd")));
    }

    [Fact]
    public async Task The_tokens_by_class_of_what_an_attempt_gave_reach_its_activity()
    {
        var activities = new ConcurrentBag<Activity>();
        using var listener = Listen(activities);
        var usage = new TokenUsage { InputTokens = 120, OutputTokens = 30 };
        var rig = new AttemptRig([Provider("a"), Provider("b", 1)])
            .Script("a", (_, _) => ValueTask.FromResult(new AttemptResult<string>
            {
                Failure = new AgentFailure { Class = FailureClass.Unavailable, Message = "scripted" },
                CostUsd = 0.5m,
                Tokens = 150,
                Usage = usage,
            }))
            .Script("b", (_, _) => ValueTask.FromResult(new AttemptResult<string> { Value = "stream", IsOpen = true }));

        var outcome = await rig.RunAsync(NewTask() with { Id = "traced-usage" }, TestContext.Current.CancellationToken);
        await outcome.Open!.EndAsync(new AttemptEnd(null, null, 70) { Usage = new TokenUsage { InputTokens = 40, OutputTokens = 30 } });
        var unknown = await rig.Script("b", (_, _) => ValueTask.FromResult(new AttemptResult<string> { Value = "b" }))
            .RunAsync(NewTask() with { Id = "traced-nothing", Provider = "b" }, TestContext.Current.CancellationToken);

        var tags = activities.Where(activity => Equals(activity.GetTagItem(ProviderRoutingDiagnostics.TaskIdTag), "traced-usage") && activity.OperationName != "route")
            .ToDictionary(activity => activity.OperationName, activity => (activity.GetTagItem("gen_ai.usage.input_tokens"), activity.GetTagItem("gen_ai.usage.output_tokens")));
        Assert.Equal([("invoke_agent a", (120L, 30L)), ("invoke_agent b", (40L, 30L))], tags.OrderBy(tag => tag.Key).Select(tag => (tag.Key, ((long, long))((long)tag.Value.Item1!, (long)tag.Value.Item2!))));
        var untold = Assert.Single(activities, activity => Equals(activity.GetTagItem(ProviderRoutingDiagnostics.TaskIdTag), "traced-nothing") && activity.OperationName != "route");
        Assert.True(unknown.Succeeded);
        Assert.DoesNotContain(untold.TagObjects, tag => tag.Key.StartsWith("gen_ai.usage", StringComparison.Ordinal) || tag.Key is "routing.tokens" or "routing.cost_usd");
    }

    private static ActivityListener Listen(ConcurrentBag<Activity> activities)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ProviderRoutingDiagnostics.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activities.Add,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private static Activity Of(ConcurrentBag<Activity> activities, string taskId) =>
        Assert.Single(activities, activity => Equals(activity.GetTagItem(ProviderRoutingDiagnostics.TaskIdTag), taskId));
}
