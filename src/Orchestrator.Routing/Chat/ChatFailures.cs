using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Orchestrator.Providers;

namespace Orchestrator.Routing.Chat;

/// <summary>Reads what chat clients throw.</summary>
public static class ChatFailures
{
    /// <summary>
    /// The key under which an exception's <see cref="Exception.Data"/> may say how long the service asked to wait: a <see cref="TimeSpan"/>, a <see cref="RetryConditionHeaderValue"/> with a
    /// delta, or the text of the header in seconds. An <see cref="HttpRequestException"/> has no place for headers of its own.
    /// </summary>
    public const string RetryAfterKey = "Retry-After";

    private static readonly string[] ContextWords = ["context length", "context_length", "context window", "maximum context", "too many tokens", "prompt is too long"];

    /// <summary>The failure behind an exception: by the status of an <see cref="HttpRequestException"/> in it, else by its type. See also <see cref="RetryAfterKey"/>.</summary>
    /// <param name="error">What the client threw.</param>
    /// <returns>The failure. Its message names the exception and its status, never the request.</returns>
    public static AgentFailure Classify(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return ByType(error) with { RetryAfter = RetryAfterOf(error) };
    }

    private static AgentFailure ByType(Exception error)
    {
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

    private static TimeSpan? RetryAfterOf(Exception error)
    {
        for (var inner = error; inner is not null; inner = inner.InnerException)
        {
            TimeSpan? wait = inner.Data[RetryAfterKey] switch
            {
                TimeSpan given => given,
                RetryConditionHeaderValue { Delta: { } delta } => delta,
                string text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) => TimeSpan.FromSeconds(seconds),
                _ => null,
            };
            if (wait >= TimeSpan.Zero)
            {
                return wait;
            }
        }

        return null;
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
