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
                    return Ended(journal.Record) with { Patch = completed.Result.Patch, RefusedTools = completed.Result.RefusedTools };
                case AgentFailed failed:
                    return Ended(journal.Record) with { Failure = failed.Failure };
            }
        }

        return Ended(journal.Record) with { Failure = new AgentFailure { Class = FailureClass.Protocol, Message = $"{name} ended without saying whether it worked." } };
    }

    private static Attempt Ended(ExecutionRecord told) => new()
    {
        ExecutionId = told.Id,
        Summary = told.Output ?? "",
        Model = told.Model,
        SessionId = told.SessionId,
        Usage = told.Usage,
        CostUsd = told.CostUsd,
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
