using Orchestrator.Providers;
using Orchestrator.Secrets;

namespace Orchestrator.Hosting;

/// <summary>Lets a provider work, shows its events, and takes its last word.</summary>
internal sealed class AgentEventPump(AgentTaskTrail trail, ISecretRedactor redactor)
{
    public async ValueTask<Attempt> RunAsync(AgentTaskRun run, IAgentProvider provider, AgentExecution execution, CancellationToken cancellationToken)
    {
        var name = provider.Descriptor.Name;
        await foreach (var raw in provider.ExecuteAsync(execution, cancellationToken).ConfigureAwait(false))
        {
            var agentEvent = AgentEventRedaction.Redact(redactor, raw);
            trail.Show(run.Task.Id, AgentTaskStep.Executing, Describe(name, agentEvent), agentEvent);
            switch (agentEvent)
            {
                case AgentCompleted completed:
                    return Completed(execution, completed.Result);
                case AgentFailed failed:
                    return Failed(execution, failed.Failure);
            }
        }

        return Failed(execution, new AgentFailure { Class = FailureClass.Protocol, Message = $"{name} ended without saying whether it worked." });
    }

    private static Attempt Completed(AgentExecution execution, AgentResult result) => new()
    {
        ExecutionId = execution.Id,
        Summary = result.Summary,
        SessionId = result.SessionId,
        Patch = result.Patch,
        Usage = result.Usage,
        CostUsd = result.CostUsd,
        RefusedTools = result.RefusedTools,
    };

    private static Attempt Failed(AgentExecution execution, AgentFailure failure) => new()
    {
        ExecutionId = execution.Id,
        Failure = failure,
        Usage = failure.Usage,
        CostUsd = failure.CostUsd,
    };

    private static string Describe(string provider, AgentEvent agentEvent) => agentEvent switch
    {
        AgentStarted started => started.Model is { } model ? $"{provider} started with {model}." : $"{provider} started.",
        AgentMessage message => message.Text,
        AgentToolCall { Succeeded: null } call => $"{call.Tool}: {call.Target} …",
        AgentToolCall call => $"{call.Tool}: {call.Target} {(call.Succeeded == true ? "done" : "failed")}",
        AgentPlanProposed plan => $"Plan: {string.Join("; ", plan.Steps)}",
        AgentApprovalRequested request => $"Asks: {request.Question}",
        AgentUsageReported usage => $"Tokens so far: {usage.Usage.InputTokens} in, {usage.Usage.OutputTokens} out.",
        AgentProgress progress => progress.Message,
        AgentCompleted => $"{provider} says that it is done.",
        AgentFailed failed => $"{provider} failed: {failed.Failure.Message}",
        _ => "",
    };
}
