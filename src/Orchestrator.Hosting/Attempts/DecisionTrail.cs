using Orchestrator.Auditing;
using Orchestrator.Executions;
using Orchestrator.Json;
using Orchestrator.Routing;

namespace Orchestrator.Hosting;

/// <summary>Keeps every decision of a task twice, as an assignment and in the audit trail, and puts it into the report: the last one is the one of the provider that did the work.</summary>
internal sealed class DecisionTrail(IExecutionLog executions, TimeProvider time)
{
    public async ValueTask RecordAsync(AgentTaskRun run, RoutingDecision decision, CancellationToken cancellationToken)
    {
        // Nobody else is left: the decision and the provider of the last attempt still say more.
        if (!decision.IsRejected || run.Report.Decision is null)
        {
            run.Report = run.Report with { Decision = decision, Provider = decision.Provider, Model = decision.Model };
        }

        await executions.AssignedAsync(
            new ProviderAssignment
            {
                TaskId = run.Task.Id,
                Decision = decision,
                At = time.GetUtcNow(),
                WorkerName = run.Context.Worker.WorkerName,
                ContainerName = run.Context.Worker.ContainerName,
            },
            cancellationToken).ConfigureAwait(false);
        await run.RecordAsync(
            AgentTaskStep.Routed,
            OperationNames.RoutingDecided,
            decision.IsRejected ? OperationOutcome.Refused : OperationOutcome.Succeeded,
            Words(decision),
            cancellationToken,
            DataOf(decision, run.Report)).ConfigureAwait(false);
    }

    /// <summary>The decision in one sentence.</summary>
    public static string Words(in RoutingDecision decision) =>
        decision.Rejection?.Message
        ?? $"{decision.Provider} ({decision.Reason.ToName()}){(decision.Fallbacks.Count == 0 ? "" : $", then {string.Join(", ", decision.Fallbacks)}")}.";

    private static ValueMap DataOf(in RoutingDecision decision, AgentTaskReport report)
    {
        var data = new List<KeyValuePair<string, string>> { new("decision_id", decision.Id.ToString()) };
        if (report.Attempts.Count > 0)
        {
            var last = report.Attempts[^1];
            data.Add(new("after", last.Provider));
            data.Add(new("after_failure", last.Failure?.Class.ToName() ?? "none"));
        }
        else
        {
            data.AddRange(report.Candidates.Select(candidate =>
                new KeyValuePair<string, string>("candidate:" + candidate.Provider, candidate.Rejection == RejectionReason.None ? "eligible" : candidate.Rejection.ToName())));
        }

        return new ValueMap(data);
    }
}
