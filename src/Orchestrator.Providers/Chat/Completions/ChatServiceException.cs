namespace Orchestrator.Providers.Chat.Completions;

/// <summary>A chat service answered with an error, or with something that is no answer.</summary>
/// <remarks>The message holds the service's own words, at most 1,000 characters: they are untrusted, and redacted before they reach an event or a log.</remarks>
public sealed class ChatServiceException : OrchestratorException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="statusCode">The status of the answer; <see langword="null"/> when the answer itself makes no sense.</param>
    /// <param name="message">What happened.</param>
    /// <param name="retryAfter">How long the service asked to wait.</param>
    /// <param name="innerException">The fault underneath.</param>
    public ChatServiceException(int? statusCode, string message, TimeSpan? retryAfter = null, Exception? innerException = null)
        : base("providers.chat_service_failed", message, innerException) => (StatusCode, RetryAfter) = (statusCode, retryAfter);

    /// <summary>The HTTP status; <see langword="null"/> when the answer itself makes no sense.</summary>
    public int? StatusCode { get; }

    /// <summary>How long the service asked to wait; <see langword="null"/> when it did not say.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>Whether the same request may work later: 408, 429 and 5xx.</summary>
    public override bool IsTransient => StatusCode is 408 or 429 or >= 500;
}
