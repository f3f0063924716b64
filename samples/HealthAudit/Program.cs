using HealthAudit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator.Json;
using Orchestrator.Queue.Plans;

// dotnet run --project samples/HealthAudit
// Nine hosts on one database, each as if in a process of its own: an auditor and eight containers.
// With the name of a file, the database is kept there, and the next run goes on with it.
var directory = args.Length == 0 ? Directory.CreateTempSubdirectory("health-audit-") : null;
var database = args.Length == 0 ? Path.Combine(directory!.FullName, "queue.db") : args[0];
var fleet = new Fleet();
var summary = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
using var end = new CancellationTokenSource();

using var auditor = Auditor.Create(database, fleet, summary);
List<IHost> hosts = [auditor, .. Fleet.Containers.Select(name => Container.Create(database, name, fleet))];
await Task.WhenAll(hosts.Select(host => host.StartAsync()));
var plans = auditor.Services.GetRequiredService<ITaskPlans>();
var approving = Operator.ApproveAsync(plans, end.Token);

var planId = await summary.Task.WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System);
await end.CancelAsync();
await approving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
await Task.WhenAll(hosts.Select(host => host.StopAsync()));

var plan = await plans.GetAsync(planId);
Console.WriteLine();
Console.WriteLine($"{plan!.Title}: {plan.State.ToName()}, {plan.Percent:0} % of {plan.Tasks.Count} tasks ended");
foreach (var task in plan.Tasks)
{
    Console.WriteLine($"  {task.TaskId[(plan.Id.Length + 1)..],-20} {task.State.ToName()}");
}

hosts.ForEach(host => host.Dispose());
directory?.Delete(recursive: true);
return plan.State == PlanState.Completed ? 0 : 1;
