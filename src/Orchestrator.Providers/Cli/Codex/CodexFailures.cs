using System.Globalization;
using System.Text.RegularExpressions;

namespace Orchestrator.Providers.Cli.Codex;

/// <summary>Tells what kind of failure Codex' words mean; there is no code beside them.</summary>
internal static partial class CodexFailures
{
    public static AgentFailure Classify(string? error, int exitCode, string errorTail)
    {
        if (string.IsNullOrWhiteSpace(error))
        {
            return exitCode == 0
                ? new AgentFailure { Class = FailureClass.Protocol, Message = "Codex ended without saying how its turn went." }
                : exitCode == 2
                ? new AgentFailure { Class = FailureClass.Configuration, Message = $"Codex refused its command line: {FirstLine(errorTail)}" }
                : new AgentFailure { Class = FailureClass.Crashed, Message = $"Codex ended with exit code {exitCode} and did not say why." };
        }

        var failure = ClassOf(error);
        return new AgentFailure { Class = failure, Message = error, RetryAfter = failure == FailureClass.RateLimited ? RetryAfterOf(error) : null };
    }

    private static FailureClass ClassOf(string error)
    {
        var status = Status().Match(error) is { Success: true } match ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
        return error switch
        {
            _ when Has(error, "Missing environment variable") => FailureClass.Authentication,
            _ when Has(error, "room in the model's context window") || Has(error, "context_length_exceeded") => FailureClass.ContextTooLong,
            _ when Has(error, "quota") || Has(error, "billing details") || Has(error, "usage limit") => FailureClass.Quota,
            _ when status is 401 or 403 => FailureClass.Authentication,
            _ when status is 429 || Has(error, "rate limit") => FailureClass.RateLimited,
            _ when status is 404 && Has(error, "model") => FailureClass.ModelNotFound,
            _ when status is 402 => FailureClass.Quota,
            _ when status is >= 500 || Has(error, "high demand") || Has(error, "stream disconnected") => FailureClass.ProviderError,
            _ when status is >= 400 => FailureClass.BadRequest,
            _ when Has(error, "Connection failed") || Has(error, "waiting for network") || Has(error, "error sending request") => FailureClass.Unavailable,
            _ when Has(error, "content policy") || Has(error, "content_filter") || Has(error, "cyber_policy") => FailureClass.ContentPolicy,
            _ => FailureClass.ProviderError,
        };
    }

    private static TimeSpan? RetryAfterOf(string error)
    {
        if (RetryAfter().Match(error) is not { Success: true } match
            || !double.TryParse(match.Groups[1].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount))
        {
            return null;
        }

        var seconds = match.Groups[2].Value.ToUpperInvariant() switch { "MS" => amount / 1000, "M" or "MIN" or "MINUTE" or "MINUTES" => amount * 60, _ => amount };
        return TimeSpan.FromSeconds(Math.Min(seconds, TimeSpan.FromDays(30).TotalSeconds));
    }

    private static bool Has(string text, string words) => text.Contains(words, StringComparison.OrdinalIgnoreCase);

    private static string FirstLine(string text) => text.Split('\n').FirstOrDefault(line => line.Length > 0) ?? "no reason was given";

    [GeneratedRegex(@"status:? (\d{3})\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Status();

    [GeneratedRegex(@"(?:try again in|retry[- ]after:?)\s*(\d+(?:\.\d+)?)\s*(ms|minutes?|min|m|seconds?|s)?\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex RetryAfter();
}
