using System.Net;
using Orchestrator.Providers;

namespace Orchestrator.Routing.Chat;

/// <summary>Reads what chat clients throw.</summary>
public static class ChatFailures
{
    private static readonly string[] ContextWords = ["context length", "context_length", "context window", "maximum context", "too many tokens", "prompt is too long"];

    /// <summary>The failure behind an exception: by the status of an <see cref="HttpRequestException"/> in it, else by its type.</summary>
    /// <param name="error">What the client threw.</param>
    /// <returns>The failure. Its message names the exception and its status, never the request.</returns>
    public static AgentFailure Classify(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        for (var inner = error; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case HttpRequestException { StatusCode: { } status }:
                    return Failure(OfStatus(status, error.Message), $"The service answered {(int)status} ({status}).", (int)status);
                case HttpRequestException:
                    return Failure(FailureClass.Unavailable, "The service could not be reached.");
                case TimeoutException or OperationCanceledException:
                    return Failure(FailureClass.Timeout, "The service did not answer in time.");
                case IOException:
                    return Failure(FailureClass.Protocol, "The answer broke off.");
            }
        }

        return Failure(FailureClass.Unknown, $"The chat client threw {error.GetType().Name}.");
    }

    private static FailureClass OfStatus(HttpStatusCode status, string message) => (int)status switch
    {
        401 or 403 => FailureClass.Authentication,
        402 => FailureClass.Quota,
        404 or 410 => FailureClass.ModelNotFound,
        408 or 504 => FailureClass.Timeout,
        413 => FailureClass.ContextTooLong,
        429 => FailureClass.RateLimited,
        >= 500 => FailureClass.ProviderError,
        400 or 422 => Array.Exists(ContextWords, word => message.Contains(word, StringComparison.OrdinalIgnoreCase)) ? FailureClass.ContextTooLong : FailureClass.BadRequest,
        _ => FailureClass.Unknown,
    };

    private static AgentFailure Failure(FailureClass failure, string message, int? status = null) => new() { Class = failure, Message = message, StatusCode = status };
}
