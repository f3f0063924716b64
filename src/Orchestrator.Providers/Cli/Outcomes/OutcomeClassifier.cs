using Orchestrator.Json;
using Orchestrator.Providers.Cli.Output;
using Orchestrator.Providers.Processes;

namespace Orchestrator.Providers.Cli.Outcomes;

/// <summary>
/// Says what came of a run of an agent CLI. One place for all of them, because an exit code of 0 alone is never success: CLIs end with it when they were
/// interrupted, refused every tool, or lost their stream.
/// </summary>
internal static class OutcomeClassifier
{
    private const int LongestMessage = 2000;

    /// <param name="report">What the parser gathered.</param>
    /// <param name="exit">How the process ended, by itself: runs that we stopped do not come here.</param>
    /// <param name="errorTail">The end of standard error, redacted.</param>
    /// <param name="title">The CLI's name for people.</param>
    /// <returns><see cref="AgentCompleted"/> or <see cref="AgentFailed"/>.</returns>
    internal static AgentEvent Classify(CliReport report, ProcessExit exit, string errorTail, string title)
    {
        if (report is { HasEnded: true, HasSucceeded: true, WasAborted: false } && exit.ExitCode == 0)
        {
            return new AgentCompleted
            {
                Result = new AgentResult { Summary = report.Summary, Usage = report.Usage, CostUsd = report.CostUsd, SessionId = report.SessionId, RefusedTools = report.RefusedTools },
            };
        }

        var (failure, message) = Explain(report, exit, errorTail, title);
        return new AgentFailed
        {
            Failure = new AgentFailure
            {
                Class = failure,
                Message = BoundedText.Cut(message.Trim(), LongestMessage),
                RetryAfter = failure is FailureClass.RateLimited or FailureClass.Quota ? report.RetryAfter ?? FailureWords.RetryAfterIn(message) : null,
                StatusCode = report.Status ?? exit.ExitCode,
                Detail = errorTail.Length > 0 ? errorTail : null,
                Usage = report.Usage,
                CostUsd = report.CostUsd,
            },
        };
    }

    private static (FailureClass Class, string Message) Explain(CliReport report, ProcessExit exit, string errorTail, string title)
    {
        var words = string.IsNullOrWhiteSpace(report.Error) ? null : report.Error;
        if (report.Class is { } known)
        {
            return (known, words ?? $"{title} ended: {known.ToName()}.");
        }

        if (report.WasAborted)
        {
            return (FailureClass.Crashed, $"{title} was interrupted, and not by us.");
        }

        if (words is not null)
        {
            return (FailureWords.ClassOf(words, report.Status) ?? FailureClass.ProviderError, words);
        }

        if (report.Status is { } status && FailureWords.ClassOf("", status) is { } ofStatus)
        {
            return (ofStatus, $"{title}'s model answered with status {status}.");
        }

        return exit.ExitCode != 0 ? ExplainExit(exit.ExitCode, errorTail, title)
            : report.HasEnded ? (FailureClass.Protocol, $"{title} ended and said that it had failed, but not why.")
            : (FailureClass.Protocol, $"{title} ended without saying how its run went.");
    }

    private static (FailureClass Class, string Message) ExplainExit(int exitCode, string errorTail, string title)
    {
        foreach (var line in errorTail.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (FailureWords.SpeakOfUsage(line))
            {
                return (FailureClass.Configuration, $"{title} refused its command line or settings: {line}");
            }

            if (FailureWords.ClassOf(line, status: null) is { } failure)
            {
                return (failure, $"{title} ended with exit code {exitCode}: {line}");
            }
        }

        return (FailureClass.Crashed, $"{title} ended with exit code {exitCode} and did not say why.");
    }
}
