using Microsoft.Extensions.Logging;
using Orchestrator.Auditing;
using Orchestrator.Executions;
using Orchestrator.Providers;
using Orchestrator.Queue;
using Orchestrator.Routing;
using Orchestrator.Tasks;

namespace Orchestrator.Hosting;

/// <summary>Decides without executing, and keeps the decision.</summary>
internal sealed class TaskAssignments(
    IProviderRouter router, IProviderStatuses statuses, IExecutionLog executions, AgentTaskTrail trail, WorkerIdentity worker, TimeProvider time, ILogger<TaskAssignments> logger)
{
    public async ValueTask<RoutingDecision> AssignAsync(AgentTask task, string? preferred, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var decision = Decide(task, preferred);
        var assignment = new ProviderAssignment { TaskId = task.Id, Decision = decision, At = time.GetUtcNow(), WorkerName = worker.WorkerName, ContainerName = worker.ContainerName };
        await executions.AssignedAsync(assignment, cancellationToken).ConfigureAwait(false);
        var operation = new Operation
        {
            Name = OperationNames.RoutingDecided,
            TaskId = task.Id,
            Provider = decision.Provider,
            Outcome = decision.IsRejected ? OperationOutcome.Refused : OperationOutcome.Succeeded,
            Message = "Assigned, not executed: " + DecisionTrail.Words(decision),
            Data = new ValueMap([new("decision_id", decision.Id.ToString())]),
        };
        await trail.RecordAsync(AgentTaskStep.Routed, operation, cancellationToken).ConfigureAwait(false);
        logger.Assigned(task.Id, decision.Provider ?? "nobody", decision.Id);
        return decision;
    }

    private RoutingDecision Decide(AgentTask task, string? preferred)
    {
        var decision = preferred is null ? router.Route(task) : router.Route(task with { Provider = preferred });
        if (decision.IsRejected && preferred is not null)
        {
            decision = router.Route(task);
        }

        // A decision for a half-open provider takes its only probe; nobody uses it here.
        if (!decision.IsRejected && statuses.Get(decision.Provider!).Breaker == BreakerState.HalfOpen)
        {
            router.Report(new ExecutionOutcome(decision.Id, decision.Provider!, task.Type, OutcomeStage.Ended, FailureClass.Cancelled));
        }

        return decision;
    }
}
