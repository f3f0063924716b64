using Orchestrator.Auditing;
using Orchestrator.Executions;
using Orchestrator.Providers;

namespace Orchestrator.Hosting.Tests.Attempts;

public sealed class AttemptRecordTests
{
    private static readonly IReadOnlyList<AgentEvent> Told =
    [
        new AgentStarted { SessionId = "session-1", Model = "model-1" },
        new AgentMessage { Text = "First words." },
        new AgentUsageReported { Usage = new TokenUsage { InputTokens = 10, OutputTokens = 1 }, CostUsd = 0.10m },
        new AgentUsageReported { Usage = new TokenUsage { InputTokens = 20, OutputTokens = 2 }, CostUsd = 0.25m },
        new AgentMessage { Text = "Last words." },
        new AgentMessage { Text = " " },
    ];

    [Fact]
    public async Task A_failed_attempt_keeps_what_it_told_before()
    {
        using var rig = new MainJobRig("first");
        rig.Providers[0].Tells = Told;
        rig.Providers[0].Failure = FailureClass.BadRequest;

        var report = MainJobRig.ReportOf(await rig.HandleAsync(rig.Task()));

        AssertTold(Assert.Single(rig.Logs.Executions), ExecutionStatus.Failed);
        Assert.Equal(("model-1", "Last words.", 0.25m), (report.Model, report.Summary, report.CostUsd));
    }

    [Fact]
    public async Task What_a_failure_itself_says_of_its_cost_counts_more_than_what_was_told_before()
    {
        using var rig = new MainJobRig("first");
        rig.Providers[0].Tells = Told;
        rig.Providers[0].Work = _ => new AgentFailed
        {
            Failure = new AgentFailure { Class = FailureClass.BadRequest, Message = "no", Usage = new TokenUsage { InputTokens = 30 }, CostUsd = 0.50m },
        };

        await rig.HandleAsync(rig.Task());

        var record = Assert.Single(rig.Logs.Executions);
        Assert.Equal((30, 0.50m), (record.Usage.InputTokens, record.CostUsd));
    }

    [Fact]
    public async Task A_cancelled_attempt_keeps_what_it_told_before()
    {
        using var rig = new MainJobRig("first");
        using var cancelled = new CancellationTokenSource();
        rig.Providers[0].Tells = Told;
        rig.Providers[0].Work = _ =>
        {
            cancelled.Cancel();
            throw new OperationCanceledException(cancelled.Token);
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rig.HandleAsync(rig.Task(), cancellationToken: cancelled.Token));

        AssertTold(Assert.Single(rig.Logs.Executions), ExecutionStatus.Cancelled);
        Assert.Equal(Told.Count, Assert.Single(rig.Logs.Events).Value.Events.Count);
    }

    [Fact]
    public async Task An_attempt_whose_machinery_broke_keeps_what_it_told_before()
    {
        using var rig = new MainJobRig("first");
        rig.Providers[0].Tells = Told;
        rig.Providers[0].Work = _ => throw new OrchestratorException("test.broken", "The disk is on fire.");

        await rig.HandleAsync(rig.Task());

        AssertTold(Assert.Single(rig.Logs.Executions), ExecutionStatus.Failed);
    }

    [Fact]
    public async Task A_cancellation_after_the_last_word_keeps_what_it_says()
    {
        using var rig = new MainJobRig("first");
        using var cancelled = new CancellationTokenSource();
        rig.Providers[0].Work = _ =>
        {
            cancelled.Cancel();
            return new AgentCompleted { Result = LastWord };
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rig.HandleAsync(rig.Task(), cancellationToken: cancelled.Token));

        AssertLastWord(Assert.Single(rig.Logs.Executions), ExecutionStatus.Cancelled);
    }

    [Fact]
    public async Task Machinery_that_breaks_after_the_last_word_keeps_what_it_says()
    {
        using var rig = new MainJobRig("first");
        rig.Providers[0].Work = execution =>
        {
            Directory.Delete(execution.Workspace!.Directory, recursive: true); // Nothing can be collected.
            return new AgentCompleted { Result = LastWord };
        };

        await rig.HandleAsync(rig.Task());

        AssertLastWord(Assert.Single(rig.Logs.Executions), ExecutionStatus.Failed);
    }

    [Fact]
    public async Task A_cancellation_that_nobody_asked_for_is_a_fault_and_not_a_cancelled_task()
    {
        using var rig = new MainJobRig("first");
        rig.Providers[0].Work = _ => throw new TaskCanceledException("The request timed out.");

        var report = MainJobRig.ReportOf(await rig.HandleAsync(rig.Task()));

        Assert.Equal((AgentTaskStatus.Failed, "first broke off although nobody cancelled it."), (report.Status, report.Failure!.Message));
        Assert.Equal((ExecutionStatus.Failed, FailureClass.Crashed), (rig.Logs.Executions.Single().Status, rig.Logs.Executions.Single().Failure!.Class));
        Assert.Empty(rig.Leaks());
    }

    [Fact]
    public async Task A_cancellation_right_after_an_attempt_was_begun_leaves_no_record_that_runs()
    {
        using var rig = new MainJobRig("first");
        using var cancelled = new CancellationTokenSource();
        rig.Logs.Saved = _ => cancelled.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rig.HandleAsync(rig.Task(), cancellationToken: cancelled.Token));

        Assert.Equal((ExecutionStatus.Cancelled, 0), (rig.Logs.Executions.Single().Status, rig.Providers[0].Runs));
    }

    [Fact]
    public async Task A_cancellation_right_before_the_last_save_leaves_no_record_that_runs()
    {
        using var rig = new MainJobRig("first");
        using var cancelled = new CancellationTokenSource();
        rig.Providers[0].Tells = Told;
        rig.Logs.Saving = record =>
        {
            if (record.Status != ExecutionStatus.Running)
            {
                cancelled.Cancel();
            }
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rig.HandleAsync(rig.Task(), cancellationToken: cancelled.Token));

        Assert.Equal((ExecutionStatus.Succeeded, 0.25m), (rig.Logs.Executions.Single().Status, rig.Logs.Executions.Single().CostUsd));
    }

    [Fact]
    public async Task What_an_attempt_told_before_its_worker_died_stays_and_counts()
    {
        using var rig = new MainJobRig("first");
        await rig.Logs.SaveAsync(
            new ExecutionRecord { Id = "before", TaskId = "task-1", Provider = "first", Status = ExecutionStatus.Running, StartedAt = DateTimeOffset.UnixEpoch, CostUsd = 0.75m, SessionId = "session-1" },
            TestContext.Current.CancellationToken);
        decimal? budget = null;
        rig.Providers[0].Work = execution =>
        {
            budget = execution.BudgetUsd;
            return new AgentFailed { Failure = new AgentFailure { Class = FailureClass.BadRequest, Message = "no" } };
        };

        await rig.HandleAsync(rig.Task() with { MaxCostUsd = 1m }, crashes: 1);

        var dead = rig.Logs.Executions.Single(execution => execution.Id == "before");
        Assert.Equal((ExecutionStatus.Failed, 0.75m, "session-1"), (dead.Status, dead.CostUsd, dead.SessionId));
        Assert.Equal(0.25m, budget);
    }

    [Fact]
    public async Task The_events_of_an_attempt_are_kept_in_their_order_with_its_last_word()
    {
        using var rig = new MainJobRig("first");
        rig.Providers[0].Tells = Told;

        await rig.HandleAsync(rig.Task());

        var kept = Assert.Single(rig.Logs.Events).Value;
        Assert.Equal([.. Told, new AgentCompleted { Result = new AgentResult { Summary = "first did it." } }], kept.Events);
        Assert.Equal((rig.Logs.Executions.Single().Id, 0, "test"), (kept.ExecutionId, kept.Omitted, kept.WorkerName));
    }

    [Fact]
    public async Task Events_that_cannot_be_stored_cost_nobody_a_result()
    {
        using var rig = new MainJobRig("first");
        rig.Logs.RefusesEvents = true;

        var report = MainJobRig.ReportOf(await rig.HandleAsync(rig.Task()));

        Assert.Equal(AgentTaskStatus.Verified, report.Status);
        Assert.Single(rig.Logs.Of(OperationNames.ExecutionFinished));
    }

    private static AgentResult LastWord { get; } = new() { Summary = "done", SessionId = "s", Usage = new TokenUsage { InputTokens = 5 }, CostUsd = 0.5m };

    private static void AssertLastWord(ExecutionRecord record, ExecutionStatus status) =>
        Assert.Equal((status, "done", "s", 5, 0.5m), (record.Status, record.Output, record.SessionId, record.Usage.InputTokens, record.CostUsd));

    private static void AssertTold(ExecutionRecord record, ExecutionStatus status)
    {
        Assert.Equal((status, "model-1", "session-1", "Last words."), (record.Status, record.Model, record.SessionId, record.Output));
        Assert.Equal((20, 2, 0.25m), (record.Usage.InputTokens, record.Usage.OutputTokens, record.CostUsd));
        Assert.NotNull(record.FinishedAt);
    }
}
