using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Orchestrator.Providers.Chat.Completions;
using Orchestrator.Providers.Cli.Outcomes;
using Orchestrator.Providers.Cli.Output;
using Orchestrator.Secrets;

namespace Orchestrator.Providers.Chat;

/// <summary>Tells the class of failure that an exception of a chat client stands for: by its status, then its type, then its words.</summary>
internal static partial class ChatFailures
{
    private const int LongestMessage = 1000;

    /// <summary>Explains an exception of any client.</summary>
    public static AgentFailure Of(Exception exception, ISecretRedactor redactor)
    {
        var causes = Causes(exception).ToArray();

        // Redacted before it is cut: of a secret that is cut in two, nobody would know the rest.
        var words = redactor.Redact(string.Join(" ", causes.Select(cause => cause.Message).Distinct(StringComparer.Ordinal)));
        var status = causes.Select(StatusOf).FirstOrDefault(code => code is not null);
        var failure = ClassOf(causes, words, status);
        return new AgentFailure
        {
            Class = failure,
            Message = $"The chat client failed: {BoundedText.Cut(words, LongestMessage)}",
            StatusCode = status ?? FailureWords.StatusIn(words),
            RetryAfter = failure is FailureClass.RateLimited or FailureClass.Quota
                ? causes.OfType<ChatServiceException>().Select(cause => cause.RetryAfter).FirstOrDefault() ?? FailureWords.RetryAfterIn(words)
                : null,
        };
    }

    private static FailureClass ClassOf(Exception[] causes, string words, int? status)
    {
        if (Has<SecretSourceException>(causes))
        {
            return FailureClass.Configuration;
        }

        if (FailureWords.ClassOf(words, status) is { } told)
        {
            return told;
        }

        return causes switch
        {
            _ when Has<TimeoutException>(causes) || Has<OperationCanceledException>(causes) => FailureClass.IdleTimeout,
            _ when Has<SocketException>(causes) => FailureClass.Unavailable,
            _ when causes.OfType<HttpRequestException>().Any(cause => cause.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
                or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError) => FailureClass.Unavailable,
            _ when Has<HttpRequestException>(causes) || Has<IOException>(causes) => FailureClass.ProviderError,
            _ when Has<JsonException>(causes) || Has<FormatException>(causes) => FailureClass.Protocol,
            _ when Has<ArgumentException>(causes) || Has<NotSupportedException>(causes) => FailureClass.Configuration,
            _ => FailureClass.ProviderError,
        };
    }

    private static bool Has<T>(Exception[] causes)
        where T : Exception => Array.Exists(causes, static cause => cause is T);

    private static int? StatusOf(Exception exception) => exception switch
    {
        ChatServiceException service => service.StatusCode,
        HttpRequestException { StatusCode: { } code } => (int)code,
        // The Anthropic package keeps the status from its base class; it stands in the words, as a name or a number.
        _ => StatusName().Match(exception.Message) is { Success: true } match && Enum.TryParse<HttpStatusCode>(match.Groups[1].ValueSpan, out var named) && (int)named is >= 400 and < 600
            ? (int)named
            : null,
    };

    private static IEnumerable<Exception> Causes(Exception exception)
    {
        var depth = 0;
        for (var cause = exception; cause is not null && depth++ < 10; cause = cause.InnerException)
        {
            yield return cause;
        }
    }

    [GeneratedRegex(@"\AStatus Code: (\w{3,40})", RegexOptions.CultureInvariant)]
    private static partial Regex StatusName();
}
