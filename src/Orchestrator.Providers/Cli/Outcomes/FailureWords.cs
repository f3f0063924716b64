using System.Globalization;
using System.Text.RegularExpressions;

namespace Orchestrator.Providers.Cli.Outcomes;

/// <summary>
/// Tells what kind of failure the words of an agent CLI mean. Most CLIs give no code beside them; the status of the model's server is used where it is told or
/// stands in the words.
/// </summary>
internal static partial class FailureWords
{
    private static readonly string[] Usage =
    [
        "unknown option", "unknown argument", "unknown flag", "unexpected argument", "unrecognized option", "unrecognized argument", "invalid value", "missing required argument",
        "invalid auth method", "not running in a trusted directory", "cannot be used with", "too many arguments", "requires a value", "not a valid",
    ];

    private static readonly string[] Authentication =
    [
        "missing environment variable", "not logged in", "run /login", "invalid api key", "invalid_api_key", "incorrect api key", "api key not valid", "api_key_invalid", "invalid x-api-key",
        "authentication_error", "authentication failed", "failed to authenticate", "authentication required", "unauthenticated", "no authentication", "must specify the gemini_api_key", "api key is required",
        "oauth token has expired",
    ];

    private static readonly string[] Context =
    [
        "room in the model's context window", "context_length_exceeded", "prompt is too long", "prompt as too long", "contextoverflow", "maximum context length", "exceeds the context",
        "exceeds the maximum number of tokens", "prompt_too_long", "request_too_large",
    ];

    private static readonly string[] Policy = ["content policy", "content_policy", "content_filter", "cyber_policy", "usage policy", "content management policy", "prohibited_content"];

    private static readonly string[] Quota =
    [
        "insufficient_quota", "exceeded your current quota", "quota exceeded", "quota_exceeded", "billing details", "billing_error", "usage limit", "credit balance", "insufficient credits",
        "payment required", "premium requests",
    ];

    private static readonly string[] Rate = ["rate limit", "rate_limit", "too many requests", "resource_exhausted"];

    private static readonly string[] Turns = ["maximum number of turns", "max session turns", "max turns", "max_turns", "turn limit"];

    private static readonly string[] Money = ["maximum budget", "max budget", "budget exhausted", "budget_exhausted", "budget of this execution"];

    private static readonly string[] Unreachable =
    [
        "connection failed", "waiting for network", "error sending request", "connection refused", "econnrefused", "enotfound", "eai_again", "getaddrinfo", "fetch failed", "unable to connect", "connection error",
        "could not connect", "network is unreachable", "ehostunreach",
    ];

    private static readonly string[] Server =
    [
        "overloaded", "high demand", "stream disconnected", "stream closed", "internal server error", "server_error", "service unavailable", "bad gateway", "incomplete json segment", "without sending any chunks", "request timed out",
        "econnreset", "socket hang up", "terminated early",
    ];

    /// <summary>The class that words and status speak of; <see langword="null"/> when they speak of none.</summary>
    public static FailureClass? ClassOf(string words, int? status)
    {
        var code = status ?? StatusIn(words) ?? 0;
        return words switch
        {
            _ when Speak(words, Context) => FailureClass.ContextTooLong,
            _ when Speak(words, Turns) => FailureClass.TurnLimit,
            _ when Speak(words, Money) => FailureClass.Budget,
            _ when code is 402 => FailureClass.Quota,
            // A vendor that says when to come back speaks of a rate, whatever it calls it.
            _ when Speak(words, Quota) => RetryAfterIn(words) < TimeSpan.FromHours(1) ? FailureClass.RateLimited : FailureClass.Quota,
            _ when code is 401 or 403 || (code is 0 or 400 && Speak(words, Authentication)) => FailureClass.Authentication,
            _ when code is 429 || Speak(words, Rate) => FailureClass.RateLimited,
            _ when Speak(words, Policy) => FailureClass.ContentPolicy,
            _ when IsModelMissing(words, code) => FailureClass.ModelNotFound,
            _ when code is 413 => FailureClass.ContextTooLong,
            _ when code is 408 or >= 500 || (code is 0 && Speak(words, Server)) => FailureClass.ProviderError,
            _ when code is >= 400 => FailureClass.BadRequest,
            _ when Speak(words, Unreachable) => FailureClass.Unavailable,
            _ => null,
        };
    }

    /// <summary>Whether a program complains about its command line or its settings.</summary>
    public static bool SpeakOfUsage(string words) => Speak(words, Usage);

    /// <summary>How long the words ask to wait, at most 30 days; <see langword="null"/> when they do not say.</summary>
    public static TimeSpan? RetryAfterIn(string words)
    {
        if (RetryAfter().Match(words) is not { Success: true } match
            || !double.TryParse(match.Groups[1].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount))
        {
            return null;
        }

        var unit = match.Groups[2].Value.ToUpperInvariant();
        var seconds = amount * unit switch
        {
            "MS" => 0.001,
            ['M', ..] => 60,
            ['H', ..] => 3600,
            ['D', ..] => 86400,
            _ => 1,
        };
        return TimeSpan.FromSeconds(Math.Min(seconds, TimeSpan.FromDays(30).TotalSeconds));
    }

    /// <summary>The status of a server that stands in the words.</summary>
    public static int? StatusIn(string words) =>
        Status().Match(words) is { Success: true } match ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : null;

    private static bool IsModelMissing(string words, int code) =>
        Has(words, "model_not_found") || Has(words, "model not found") || (code is 404 && Has(words, "model"));

    private static bool Speak(string words, string[] table) => Array.Exists(table, entry => Has(words, entry));

    private static bool Has(string text, string words) => text.Contains(words, StringComparison.OrdinalIgnoreCase);

    // Only where the number is said to be a status: a number of tokens or a port is not one.
    [GeneratedRegex(@"(?:^|status(?:[ _]?code)?\W{1,3}|\bHTTP[ /]|""code""\s*:\s*|API Error: ?|rejected \(|Last error: )([45]\d\d)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Status();

    [GeneratedRegex(@"(?:(?:try again|retry) in|retry[- ]?after:?|retryDelay""?:?\s*""?)\s*(\d+(?:\.\d+)?)\s*(ms|minutes?|min|m|hours?|h|days?|d|seconds?|secs?|s)?\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex RetryAfter();
}
