using Orchestrator.Json;
using Orchestrator.Providers;
using Orchestrator.Routing.Attempts;

namespace Orchestrator.Routing.Chat;

/// <summary>No chat client gave an answer, or the answer broke off after the caller had seen some of it.</summary>
public sealed class ChatRoutingException : OrchestratorException
{
    internal ChatRoutingException(AgentFailure failure, ValueList<AttemptTrace> attempts, DateTimeOffset? eligibleAt, string partialText, Exception? inner)
        : base("chat_" + failure.Class.ToName(), failure.Message, inner) =>
        (Failure, Attempts, EligibleAt, PartialText) = (failure, attempts, eligibleAt, partialText);

    /// <inheritdoc/>
    public override bool IsTransient => FailureResponses.Of(Failure.Class) != FailureResponse.Stop;

    /// <summary>The last failure.</summary>
    public AgentFailure Failure { get; }

    /// <summary>Every attempt that was made.</summary>
    public ValueList<AttemptTrace> Attempts { get; }

    /// <summary>When a provider may be eligible again; <see langword="null"/> when that is not known.</summary>
    public DateTimeOffset? EligibleAt { get; }

    /// <summary>How long to wait before asking again, from 0; <see langword="null"/> when that is not known.</summary>
    public TimeSpan? RetryAfter { get; internal init; }

    /// <summary>The text that the caller has seen before the stream broke; empty when there was none.</summary>
    public string PartialText { get; }
}
