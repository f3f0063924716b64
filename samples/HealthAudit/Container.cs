using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator.Queue.Workers;

namespace HealthAudit;

/// <summary>A worker in a container: takes what is meant for it, and checks others when it is an inspector.</summary>
internal static class Container
{
    public const string Queue = "fleet";

    public static IHost Create(string database, string name, Fleet fleet)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(fleet);
        builder.Services.AddTaskQueue(options => (options.WorkerName, options.ContainerName) = ($"worker in {name}", name)).UseSqlite(database)
            .AddHandler("drain", (Problem problem) => Say(name, $"drains, as it {problem.Finding}"))
            .AddHandler("restart", (Problem problem, TaskContext context) => Restart(fleet, name, problem, context))
            .AddHandler("check", (Problem problem) => Check(fleet, name, problem))
            .AddWorker(worker => (worker.Queue, worker.Labels["role"]) = (Queue, name == "container-8" ? "inspector" : "worker"));
        return builder.Build();
    }

    private static void Restart(Fleet fleet, string name, Problem problem, TaskContext context)
    {
        Say(name, $"restarts, attempt {context.Task.Attempt}");
        fleet.Restart(problem.Container);
    }

    private static bool Check(Fleet fleet, string name, Problem problem)
    {
        var isHealthy = fleet.IsHealthy(problem.Container);
        Say(name, $"finds {problem.Container} {(isHealthy ? "healthy" : "still ill")}");
        return isHealthy;
    }

    private static void Say(string name, string what) => Console.WriteLine($"{name,-12} {what}");
}
