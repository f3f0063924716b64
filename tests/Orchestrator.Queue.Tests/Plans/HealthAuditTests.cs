using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator.Queue.Plans;
using Orchestrator.Queue.Schedules;
using Orchestrator.Queue.Workers;
using Orchestrator.Testing;

namespace Orchestrator.Queue.Tests.Plans;

/// <summary>A schedule runs a health audit; it finds five containers with problems, makes a plan, and the containers pick the tasks up. See samples/HealthAudit.</summary>
public sealed class HealthAuditTests : IAsyncDisposable
{
    private static readonly string[] Ill = ["c1", "c2", "c3", "c4", "c5"];

    private readonly TemporaryDirectory _directory = new();
    private readonly List<IHost> _hosts = [];
    private readonly Channel<string> _planned = Channel.CreateUnbounded<string>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private IServiceProvider Auditor => _hosts[0].Services;

    private ITaskQueue Queue => Auditor.GetRequiredService<ITaskQueue>();

    [Fact]
    public async Task Each_scheduled_audit_finds_five_containers_with_problems_and_containers_carry_out_its_plan()
    {
        await StartAsync(failing: null, audits: 2);

        var first = await _planned.Reader.ReadAsync(Cancel);
        await AssertMendedAsync(first);
        var second = await _planned.Reader.ReadAsync(Cancel);
        await AssertMendedAsync(second);

        Assert.NotEqual(first, second);
        Assert.Equal(PlanState.Completed, (await PlanAsync(first)).State);
    }

    [Fact]
    public async Task What_depends_on_a_failed_restart_or_a_rejected_gate_is_cancelled_and_the_summary_runs_all_the_same()
    {
        await StartAsync(failing: "c2", audits: 1);

        var planId = await _planned.Reader.ReadAsync(Cancel);
        await Queue.WaitAsync(Id(planId, "drain-c4"), Cancel);
        await DecideAsync(Id(planId, "gate-c4"), isApproved: false);
        var summary = await Queue.WaitAsync(Id(planId, "summary"), Cancel);

        Assert.Equal("""["completed","cancelled","completed","cancelled","completed"]""", summary!.Result);
        var plan = await PlanAsync(planId);
        Assert.Equal(PlanState.Failed, plan.State);
        Assert.Equal("broken", FailureOf(plan, "restart-c2"));
        Assert.Equal("dependency_unmet", FailureOf(plan, "check-c2"));
        Assert.Equal("gate_rejected", FailureOf(plan, "gate-c4"));
        Assert.Equal("dependency_unmet", FailureOf(plan, "restart-c4"));
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_hosts.Select(host => host.StopAsync(CancellationToken.None)));
        _hosts.ForEach(host => host.Dispose());
        _directory.Dispose();
    }

    // Ids are unique in the whole database: the next audit makes steps of the same names.
    private static string Id(string planId, string step) => $"{planId}.{step}";

    private static TaskSubmission Step(string planId, string type, string name, TaskAssignment? assignment) =>
        new() { Id = Id(planId, $"{type}-{name}"), Type = type, Queue = "fleet", Payload = "{}", Assignment = assignment };

    private static QueuedTaskState StateOf(PlanStatus plan, string step) => plan.Tasks.Single(task => task.TaskId == Id(plan.Id, step)).State;

    private static string? FailureOf(PlanStatus plan, string step) => plan.Tasks.Single(task => task.TaskId == Id(plan.Id, step)).Failure?.Code;

    private async Task StartAsync(string? failing, int audits)
    {
        _hosts.Add(Host("auditor", queue => queue
            .AddHandler("audit", AuditAsync)
            .AddHandler("summary", async (TaskContext context, CancellationToken token) => (await context.GetDependencyResultsAsync(token)).Select(end => end.State))
            .AddWorker()));
        foreach (var name in Ill.Append("c6"))
        {
            _hosts.Add(Host(name, queue => queue
                .AddHandler("drain", () => { })
                .AddHandler("restart", () => name == failing
                    ? TaskHandlerResult.Failed(new TaskFailure { Code = "broken", Message = "It does not start." })
                    : TaskHandlerResult.Completed())
                .AddHandler("check", () => true)
                .AddWorker(worker => (worker.Queue, worker.Labels["role"]) = ("fleet", name == "c6" ? "inspector" : "worker"))));
        }

        await Task.WhenAll(_hosts.Select(host => host.StartAsync(Cancel)));

        // Only now: a schedule that has ended before a slow host knows it never fires.
        var startsAt = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() + 1000);
        var schedule = new TaskSchedule
        {
            Id = "audit",
            Interval = TimeSpan.FromSeconds(1),
            StartsAt = startsAt,
            EndsAt = startsAt.AddSeconds(audits - 0.5),

            // A worker that looks late makes up for the audits it missed, so that their number does not depend on the machine.
            Misfire = MisfirePolicy.FireAll,
            Task = new TaskSubmission { Id = "audit", Type = "audit", Payload = "{}" },
        };
        await Auditor.GetRequiredService<ITaskSchedules>().PutAsync(schedule, Cancel);
    }

    private IHost Host(string name, Action<ITaskQueueBuilder> configure)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        configure(builder.Services.AddTaskQueue(options => (options.WorkerName, options.ContainerName) = ($"worker in {name}", name)).UseSqlite(_directory.Combine("queue.db")));
        return builder.Build();
    }

    private async Task AuditAsync(TaskContext context, ITaskPlans plans, CancellationToken cancellationToken)
    {
        var planId = $"plan-{context.Task.Id}";
        var plan = new TaskPlanBuilder(planId, "Mend five containers");
        var inspector = new TaskAssignment { Labels = new([new("role", "inspector")]) };
        foreach (var name in Ill)
        {
            var here = new TaskAssignment { ContainerName = name };
            plan.Add(Step(planId, "drain", name, here));
            plan.Add(Step(planId, "restart", name, here), Id(planId, name == "c4" ? "gate-c4" : $"drain-{name}"));
            plan.Add(Step(planId, "check", name, inspector), Id(planId, $"restart-{name}"));
        }

        plan.AddGate(Step(planId, "gate", "c4", null), Id(planId, "drain-c4"));
        plan.Add(new TaskSubmission { Id = Id(planId, "summary"), Type = "summary", Payload = "{}" }, PlanCondition.AllFinished, Ill.Select(name => Id(planId, $"check-{name}")));
        await plans.AddAsync(plan.Build(), cancellationToken);
        _planned.Writer.TryWrite(planId);
    }

    private async Task<PlanStatus> PlanAsync(string id) => Assert.IsType<PlanStatus>(await Auditor.GetRequiredService<ITaskPlans>().GetAsync(id, Cancel));

    private ValueTask<TaskChangeStatus> DecideAsync(string gate, bool isApproved) =>
        Auditor.GetRequiredService<ITaskPlans>().DecideAsync(gate, new GateDecision { IsApproved = isApproved, By = "operator" }, Cancel);

    private async Task<(string? Container, string? Worker)> WhereAsync(string taskId)
    {
        var attempt = (await Auditor.GetRequiredService<ITaskAdministration>().GetAttemptsAsync(taskId, Cancel)).Single();
        return (attempt.ContainerName, attempt.WorkerName);
    }

    // Approves the gate when all that may run before has run; then all of the plan is carried out where and in the order it should be.
    private async Task AssertMendedAsync(string planId)
    {
        await Queue.WaitAsync(Id(planId, "drain-c4"), Cancel);
        await Queue.WaitAsync(Id(planId, "check-c5"), Cancel);
        var waiting = await PlanAsync(planId);
        Assert.True(waiting.Tasks.Single(task => task.TaskId == Id(planId, "gate-c4")).IsOpen);
        Assert.Equal(QueuedTaskState.Blocked, StateOf(waiting, "restart-c4"));
        Assert.Equal(QueuedTaskState.Blocked, StateOf(waiting, "summary"));
        Assert.Equal(TaskChangeStatus.Changed, await DecideAsync(Id(planId, "gate-c4"), isApproved: true));
        var summary = await Queue.WaitAsync(Id(planId, "summary"), Cancel);

        Assert.Equal("""["completed","completed","completed","completed","completed"]""", summary!.Result);
        var plan = await PlanAsync(planId);
        Assert.Equal((PlanState.Completed, 17, 100.0), (plan.State, plan.Tasks.Count, plan.Percent));
        Assert.NotNull(plan.FinishedAt);
        await Assert.AllAsync(Ill, async name => Assert.Equal((name, $"worker in {name}"), await WhereAsync(Id(planId, $"restart-{name}"))));
        await Assert.AllAsync(Ill, async name => Assert.Equal("c6", (await WhereAsync(Id(planId, $"check-{name}"))).Container));
        await AssertOrderAsync(planId);
    }

    // Each step ran after the one before had been completed, by the order of the events.
    private async Task AssertOrderAsync(string planId)
    {
        var events = await Auditor.GetRequiredService<ITaskAdministration>().GetEventsAsync(limit: 10_000, cancellationToken: Cancel);
        long At(string step, QueuedTaskState state) => events.Last(change => change.TaskId == Id(planId, step) && change.To == state).Sequence;
        Assert.All(Ill, name => Assert.True(At($"drain-{name}", QueuedTaskState.Completed) < At($"restart-{name}", QueuedTaskState.Running)));
        Assert.All(Ill, name => Assert.True(At($"restart-{name}", QueuedTaskState.Completed) < At($"check-{name}", QueuedTaskState.Running)));
        Assert.All(Ill, name => Assert.True(At($"check-{name}", QueuedTaskState.Completed) < At("summary", QueuedTaskState.Running)));
        Assert.True(At("gate-c4", QueuedTaskState.Completed) < At("restart-c4", QueuedTaskState.Running));
    }
}
