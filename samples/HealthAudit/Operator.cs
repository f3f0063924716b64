using Orchestrator.Queue.Plans;

namespace HealthAudit;

/// <summary>The person who decides gates; in earnest with <c>orchestrator plan approve</c> or in a GUI.</summary>
internal static class Operator
{
    public static async Task ApproveAsync(ITaskPlans plans, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            foreach (var listed in await plans.ListAsync(cancellationToken: cancellationToken))
            {
                var plan = await plans.GetAsync(listed.Id, cancellationToken);
                foreach (var gate in plan!.Tasks.Where(task => task.IsOpen))
                {
                    Console.WriteLine($"operator     approves {gate.TaskId[(plan.Id.Length + 1)..]} of {plan.Id}");
                    await plans.DecideAsync(gate.TaskId, new GateDecision { IsApproved = true, By = "operator", Comment = "The cache can be built again." }, cancellationToken);
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, cancellationToken);
        }
    }
}
