using Orchestrator.Providers.Cli.Outcomes;

namespace Orchestrator.Providers.Cli.Gemini;

/// <summary>What Gemini's exit codes say where its output is silent.</summary>
internal static class GeminiExits
{
    /// <summary>The report with what the exit code adds to it.</summary>
    public static CliReport Explain(CliReport report, int exitCode) => exitCode switch
    {
        0 => report,
        41 => Known(report, FailureClass.Authentication, "it found no key that it could use"),
        42 => Known(report, FailureClass.Configuration, "it refused its input"),
        52 => Known(report, FailureClass.Configuration, "its settings are wrong"),
        53 => Known(report, FailureClass.TurnLimit, "it used up its turns"),
        55 => Known(report, FailureClass.Configuration, "it does not trust the folder"),

        // A failed request's status is cut to the byte that an exit code has: 401 is 145.
        >= 144 when report is { HasEnded: true, HasSucceeded: false, Class: null, Status: null } && FailureWords.StatusIn(report.Error ?? "") is null => report with { Status = 256 + exitCode },
        _ => report,
    };

    private static CliReport Known(CliReport report, FailureClass failure, string why) => report with
    {
        Class = report.Class ?? failure,
        Error = report.Error ?? $"{GeminiProfile.Title} ended: {why}.",
    };
}
