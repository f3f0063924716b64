using Orchestrator.Json;
using Orchestrator.Queue;
using Orchestrator.Queue.Plans;
using Orchestrator.Storage;
using static Orchestrator.Conformance.QueueScript;

namespace Orchestrator.Conformance.Plans;

/// <summary>What every <see cref="ITaskPlanStore"/> must do with gates. Each test starts with an empty database.</summary>
public abstract class PlanGateConformanceTests : IAsyncLifetime
{
    private static readonly GateDecision Approved = new() { IsApproved = true, By = "ann", Comment = "fine" };
    private static readonly GateDecision Rejected = new() { IsApproved = false, By = "bob", Comment = "no" };

    private QueueScript _queue = null!;

    /// <summary>Opens the test's database.</summary>
    protected abstract StorageSeams Open();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _queue = new QueueScript(Open());
        await _queue.Store.InitializeAsync(Cancel);
    }

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_gate_opens_when_its_turn_has_come_and_no_worker_runs_it()
    {
        await _queue.AddPlanAsync("p", Step("a"), Gate("gate", "a"), Step("b", "gate"));
        Assert.Equal((TaskChangeStatus.WrongState, false), (await DecideAsync("gate", Approved), await IsOpenAsync("gate")));

        await _queue.CompleteAsync("a");

        Assert.Equal("gate blocked, b blocked", await _queue.StatesAsync("gate", "b"));
        Assert.True(await IsOpenAsync("gate"));
        Assert.Null(await _queue.TryLeaseAsync("gate"));
        Assert.Empty(await _queue.Store.LeaseAsync(new LeaseRequest { Worker = Worker, Count = 10 }, _queue.Now, Cancel));
        Assert.Equal(TaskWaitReason.Approval, Assert.Single(await _queue.Operations.ExplainAsync("gate", _queue.Now, Cancel)).Reason);
    }

    [Fact]
    public async Task An_approved_gate_is_completed_with_the_decision_as_its_result()
    {
        await _queue.AddPlanAsync("p", Gate("gate"), Step("b", "gate"));

        Assert.Equal(TaskChangeStatus.Changed, await DecideAsync("gate", Approved));

        var gate = await _queue.GetAsync("gate");
        Assert.Equal((QueuedTaskState.Completed, _queue.Now), (gate.State, gate.FinishedAt));
        Assert.Equal(Approved, OrchestratorJson.Read(gate.Result!, OrchestratorJsonContext.Default.GateDecision));
        Assert.Equal(gate.Result, Assert.Single(await _queue.Store.GetDependenciesAsync("b", Cancel)).Result);
        await _queue.CompleteAsync("b");
        Assert.Equal(PlanState.Completed, (await _queue.PlanAsync("p")).State);
    }

    [Fact]
    public async Task A_rejected_gate_is_discarded_and_what_depends_on_it_cancelled()
    {
        await _queue.AddPlanAsync("p", Gate("gate"), Step("b", "gate"), Step("otherwise", "gate") with { Condition = PlanCondition.AnyFailed });

        Assert.Equal(TaskChangeStatus.Changed, await DecideAsync("gate", Rejected));

        var gate = await _queue.GetAsync("gate");
        Assert.Equal((TaskFailureCodes.GateRejected, false), (gate.Failure!.Code, gate.Failure.Retryable));
        Assert.Contains("bob", gate.Failure.Message, StringComparison.Ordinal);
        Assert.Equal(Rejected, OrchestratorJson.Read(gate.Result!, OrchestratorJsonContext.Default.GateDecision));
        Assert.Equal("gate discarded, b cancelled, otherwise available", await _queue.StatesAsync("gate", "b", "otherwise"));
    }

    [Fact]
    public async Task A_gate_is_decided_once()
    {
        await _queue.AddPlanAsync("p", Gate("gate"));

        var decisions = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () => await DecideAsync("gate", i % 2 == 0 ? Approved : Rejected), Cancel)));

        Assert.Equal(1, decisions.Count(status => status == TaskChangeStatus.Changed));
        Assert.Equal(7, decisions.Count(status => status == TaskChangeStatus.WrongState));
    }

    [Fact]
    public async Task Only_gates_are_decided()
    {
        await _queue.AddAsync("plain");
        await _queue.AddPlanAsync("p", Step("a"), Step("b", "a"));

        Assert.Equal(
            (TaskChangeStatus.WrongState, TaskChangeStatus.WrongState, TaskChangeStatus.WrongState, TaskChangeStatus.NotFound),
            (await DecideAsync("plain", Approved), await DecideAsync("a", Approved), await DecideAsync("b", Approved), await DecideAsync("none", Approved)));
        Assert.Equal("a available, b blocked", await _queue.StatesAsync("a", "b"));
    }

    [Fact]
    public async Task A_gate_that_nobody_decides_expires_with_its_deadline()
    {
        var deadline = _queue.Now.AddHours(1);
        await _queue.AddPlanAsync("p", Gate("gate") with { Task = Submission("gate") with { Deadline = deadline } }, Step("b", "gate"));
        _queue.Now = deadline;

        Assert.Equal(TaskChangeStatus.WrongState, await DecideAsync("gate", Approved));
        Assert.Equal(["gate"], await _queue.Store.DiscardOverdueAsync(_queue.Now, Cancel));

        Assert.Equal("gate discarded, b cancelled", await _queue.StatesAsync("gate", "b"));
        Assert.Equal(TaskFailureCodes.DeadlinePassed, (await _queue.GetAsync("gate")).Failure!.Code);
        Assert.Equal((PlanState.Failed, deadline), ((await _queue.PlanAsync("p")).State, (await _queue.PlanAsync("p")).FinishedAt));
    }

    [Fact]
    public async Task A_gate_whose_dependencies_failed_is_cancelled_unless_it_asks_for_that()
    {
        await _queue.AddPlanAsync("p", Step("a"), Gate("gate", "a"), Gate("repair", "a") with { Condition = PlanCondition.AnyFailed });

        await _queue.FailAsync("a");

        Assert.Equal("gate cancelled, repair blocked", await _queue.StatesAsync("gate", "repair"));
        Assert.Equal((false, true), (await IsOpenAsync("gate"), await IsOpenAsync("repair")));
    }

    [Fact]
    public async Task An_open_gate_can_be_cancelled_and_retried()
    {
        await _queue.AddPlanAsync("p", Gate("gate"), Step("b", "gate"));

        Assert.Equal(TaskChangeStatus.Changed, await _queue.CancelAsync("gate"));
        Assert.Equal(("gate cancelled, b cancelled", false), (await _queue.StatesAsync("gate", "b"), await IsOpenAsync("gate")));
        Assert.Equal([TaskChangeStatus.Changed], await _queue.RetryAsync("gate"));

        Assert.Equal(("gate blocked, b blocked", true), (await _queue.StatesAsync("gate", "b"), await IsOpenAsync("gate")));
        Assert.Equal(TaskChangeStatus.Changed, await DecideAsync("gate", Approved));
        await _queue.CompleteAsync("b");
    }

    [Fact]
    public async Task A_rejected_gate_that_is_retried_is_decided_anew()
    {
        await _queue.AddPlanAsync("p", Gate("gate"), Step("b", "gate"));
        await DecideAsync("gate", Rejected);

        await _queue.RetryAsync("gate");

        var gate = await _queue.GetAsync("gate");
        Assert.Equal((null, null, true), (gate.Result, gate.Failure, await IsOpenAsync("gate")));
        Assert.Equal(TaskChangeStatus.Changed, await DecideAsync("gate", Approved));
        Assert.Equal("gate completed, b available", await _queue.StatesAsync("gate", "b"));
    }

    private static PlanTask Gate(string id, params ReadOnlySpan<string> dependsOn) => Step(id, dependsOn) with { IsGate = true };

    private async Task<TaskChangeStatus> DecideAsync(string taskId, GateDecision decision) => await _queue.Plans.DecideAsync(taskId, decision, _queue.Now, Cancel);

    private async Task<bool> IsOpenAsync(string taskId) => (await _queue.PlanAsync("p")).Tasks.Single(task => task.TaskId == taskId).IsOpen;
}
