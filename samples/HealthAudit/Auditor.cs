using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator.Queue;
using Orchestrator.Queue.Plans;
using Orchestrator.Queue.Schedules;
using Orchestrator.Queue.Workers;

namespace HealthAudit;

/// <summary>The orchestrator: a schedule starts the audit, the audit makes a plan, and a summary runs when everything in it has ended.</summary>
internal static class Auditor
{
    private const string Queue = "auditor";

    public static IHost Create(string database, Fleet fleet, TaskCompletionSource<string> summary)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(fleet).AddSingleton(summary);
        builder.Services.AddTaskQueue(options => options.WorkerName = "auditor").UseSqlite(database)
            .AddSchedule(new TaskSchedule
            {
                Id = "health-audit",
                Interval = TimeSpan.FromSeconds(5), // In earnest an hour.
                StartsAt = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), // Fixed: a restart does not move the times.
                Task = new TaskSubmission { Id = "health-audit", Queue = Queue, Type = "health_audit", Payload = "{}", DeduplicationKey = "health-audit" },
            })
            .AddHandler("health_audit", AuditAsync)
            .AddHandler("summary", SummarizeAsync)
            .AddWorker(worker => worker.Queue = Queue);
        return builder.Build();
    }

    private static async Task<object> AuditAsync(TaskContext context, Fleet fleet, ITaskPlans plans, CancellationToken cancellationToken)
    {
        var problems = fleet.FindProblems();
        Console.WriteLine($"auditor      finds {problems.Count} of {Fleet.Containers.Count} containers with problems");
        if (problems.Count == 0)
        {
            return new { Problems = 0 };
        }

        var planId = PlanId(context.Task.Id);
        var plan = new TaskPlanBuilder(planId, $"Mend {problems.Count} containers");
        foreach (var problem in problems)
        {
            Console.WriteLine($"auditor      {problem.Container} {problem.Finding}");
            AddSteps(plan, planId, problem);
        }

        plan.Add(Step(planId, "summary-all", "summary", Queue, "{}"), PlanCondition.AllFinished, problems.Select(problem => Id(planId, $"check-{problem.Container}")));
        await plans.AddAsync(plan.Build(), cancellationToken);
        return new { Problems = problems.Count };
    }

    // Drain, restart, check; before a risky restart, a person is asked.
    private static void AddSteps(TaskPlanBuilder plan, string planId, Problem problem)
    {
        var name = problem.Container;
        var payload = JsonSerializer.Serialize(problem, JsonSerializerOptions.Web);
        var here = new TaskAssignment { ContainerName = name };
        var inspector = new TaskAssignment { Labels = new([new("role", "inspector")]) };
        var (drain, approve, restart) = ($"drain-{name}", $"approve-{name}", $"restart-{name}");
        plan.Add(Step(planId, drain, "drain", Container.Queue, payload) with { Assignment = here });
        if (problem.IsRisky)
        {
            plan.AddGate(Step(planId, approve, "approve", Queue, payload), Id(planId, drain));
        }

        plan.Add(Step(planId, restart, "restart", Container.Queue, payload) with { Assignment = here, MaxAttempts = 3 }, Id(planId, problem.IsRisky ? approve : drain));
        plan.Add(Step(planId, $"check-{name}", "check", Container.Queue, payload) with { Assignment = inspector }, Id(planId, restart));
    }

    private static async Task SummarizeAsync(TaskContext context, TaskCompletionSource<string> summary, CancellationToken cancellationToken)
    {
        var checks = await context.GetDependencyResultsAsync(cancellationToken);
        Console.WriteLine($"auditor      {checks.Count(check => check.Result == "true")} of {checks.Count} containers are healthy again");
        summary.TrySetResult(context.Task.PlanId!);
    }

    private static string PlanId(string auditId) => $"plan-{auditId}";

    // Ids are unique in the whole database: the audit of the next hour makes steps of the same names.
    private static string Id(string planId, string step) => $"{planId}.{step}";

    private static TaskSubmission Step(string planId, string step, string type, string queue, string payload) => new() { Id = Id(planId, step), Type = type, Queue = queue, Payload = payload };
}
