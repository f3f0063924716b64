using Orchestrator.Executions;
using Orchestrator.Providers;
using Orchestrator.Secrets;

namespace Orchestrator.Hosting;

/// <summary>Lets a provider work, shows and keeps its events, and takes its last word.</summary>
internal sealed class AgentEventPump(AgentTaskTrail trail, ISecretRedactor redactor)
{
    public async ValueTask<Attempt> RunAsync(AgentTaskRun run, IAgentProvider provider, AgentExecution execution, AttemptJournal journal, CancellationToken cancellationToken)
    {
        var name = provider.Descriptor.Name;
        await foreach (var raw in provider.ExecuteAsync(execution, cancellationToken).ConfigureAwait(false))
        {
            var agentEvent = AgentEventRedaction.Redact(redactor, raw);
            journal.Add(agentEvent);
            trail.Show(run.Task.Id, AgentTaskStep.Executing, Describe(name, agentEvent), agentEvent);
            switch (agentEvent)
            {
                case AgentCompleted completed:
                    return Completed(journal.Record, completed.Result);
                case AgentFailed failed:
                    return Failed(journal.Record, failed.Failure);
            }
        }

        return Failed(journal.Record, new AgentFailure { Class = FailureClass.Protocol, Message = $"{name} ended without saying whether it worked." });
    }

    private static Attempt Completed(ExecutionRecord told, AgentResult result) => new()
    {
        ExecutionId = told.Id,
        Summary = result.Summary.Length > 0 ? result.Summary : told.Output ?? "",
        Model = told.Model,
        SessionId = result.SessionId ?? told.SessionId,
        Patch = result.Patch,
        Usage = IsKnown(result.Usage) ? result.Usage : told.Usage,
        CostUsd = result.CostUsd ?? told.CostUsd,
        RefusedTools = result.RefusedTools,
    };

    private static Attempt Failed(ExecutionRecord told, AgentFailure failure) => new()
    {
        ExecutionId = told.Id,
        Failure = failure,
        Summary = told.Output ?? "",
        Model = told.Model,
        SessionId = told.SessionId,
        Usage = IsKnown(failure.Usage) ? failure.Usage : told.Usage,
        CostUsd = failure.CostUsd ?? told.CostUsd,
    };

    private static bool IsKnown(TokenUsage usage) => usage != new TokenUsage();

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
