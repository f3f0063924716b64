using System.Text;
using Orchestrator.Patching;
using Orchestrator.Providers;
using Orchestrator.Secrets;

namespace Orchestrator.Hosting;

/// <summary>Takes known secrets out of an agent's events after they were read: whoever wrote the provider, and however the agent spelt them in JSON.</summary>
internal static class AgentEventRedaction
{
    public static AgentEvent Redact(this ISecretRedactor redactor, AgentEvent agentEvent) => agentEvent switch
    {
        AgentStarted started => started with { SessionId = redactor.Redact(started.SessionId), Model = redactor.Redact(started.Model) },
        AgentMessage message => message with { Text = redactor.Redact(message.Text) },
        AgentToolCall call => call with { Target = redactor.Redact(call.Target), Patch = redactor.Redact(call.Patch) },
        AgentPlanProposed plan => plan with { Steps = [.. plan.Steps.Select(step => redactor.Redact(step))] },
        AgentApprovalRequested request => request with { Question = redactor.Redact(request.Question), RequestId = redactor.Redact(request.RequestId) },
        AgentProgress progress => progress with { Message = redactor.Redact(progress.Message) },
        AgentCompleted completed => completed with { Result = Redact(redactor, completed.Result) },
        AgentFailed failed => failed with { Failure = Redact(redactor, failed.Failure) },
        _ => agentEvent,
    };

    /// <summary>Whether a patch would bring a known secret into a tree, in a name, in text or within a binary file. What is removed, or was there before, does not count.</summary>
    public static bool HoldsSecret(this ISecretRedactor redactor, FilePatch file) =>
        (file.Operation is FileOperation.Create or FileOperation.Rename or FileOperation.Copy && redactor.Redact(file.Path) != file.Path) || Holds(redactor, file.Content) || Holds(redactor, file.BinaryDelta) || file.Edits.Any(edit => Holds(redactor, edit.New) && !Holds(redactor, edit.Old));

    private static AgentFailure Redact(ISecretRedactor redactor, AgentFailure failure) =>
        failure with { Message = redactor.Redact(failure.Message), Detail = redactor.Redact(failure.Detail) };

    // The patch is left as it is: one that brings a secret is refused whole.
    private static AgentResult Redact(ISecretRedactor redactor, AgentResult result) =>
        result with { Summary = redactor.Redact(result.Summary), SessionId = redactor.Redact(result.SessionId), Url = redactor.Redact(result.Url) };

    private static bool Holds(ISecretRedactor redactor, PatchContent? content)
    {
        if (content is not { } some)
        {
            return false;
        }

        var text = Encoding.Latin1.GetString(some.Bytes.Span);
        return redactor.Redact(text) != text;
    }
}
