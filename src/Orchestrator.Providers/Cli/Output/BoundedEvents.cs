namespace Orchestrator.Providers.Cli.Output;

/// <summary>Keeps the events of every parser within the bounds of <see cref="BoundedText"/>: they are stored and shown as they are.</summary>
internal static class BoundedEvents
{
    /// <summary>The event, with what is too long cut off and what no table takes replaced.</summary>
    public static AgentEvent Bound(AgentEvent happened) => happened switch
    {
        AgentStarted started => started with { SessionId = BoundedText.CutName(started.SessionId), Model = BoundedText.CutName(started.Model) },
        AgentMessage message => message with { Text = BoundedText.Cut(message.Text, BoundedText.Message) },
        AgentToolCall call => call with { Target = BoundedText.Cut(call.Target, BoundedText.Line) },
        AgentProgress progress => progress with { Message = BoundedText.Cut(progress.Message, BoundedText.Line) },
        AgentCompleted { Result: var result } completed => completed with
        {
            Result = result with { Summary = BoundedText.Cut(result.Summary, BoundedText.Message), SessionId = BoundedText.CutName(result.SessionId) },
        },
        AgentFailed { Failure: var failure } failed => failed with
        {
            Failure = failure with
            {
                Message = BoundedText.Cut(failure.Message, BoundedText.Line),
                Detail = failure.Detail is { } detail ? BoundedText.Cut(detail, BoundedText.Message) : null,
            },
        },
        _ => happened,
    };
}
