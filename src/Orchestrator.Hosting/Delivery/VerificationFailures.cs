using Orchestrator.Providers;

namespace Orchestrator.Hosting;

/// <summary>How a failed verification is told in reports.</summary>
internal static class VerificationFailures
{
    public static AgentTaskReport Add(AgentTaskReport report, string patchFile) => report with
    {
        Status = AgentTaskStatus.VerificationFailed,
        Files = [],
        PatchFile = patchFile,
        Failure = new AgentFailure
        {
            Class = FailureClass.VerificationFailed,
            Message = $"'{report.Verification?.Command}' said no ({Ending(report.Verification)}); the tree is as it was, and the changes are kept in {patchFile}.",
        },
    };

    private static string Ending(VerificationReport? verification) => verification switch
    {
        { ExitCode: { } code } => $"exit code {code}",
        { CouldNotStart: true } => verification.Output,
        not null => "stopped at its time limit",
        null => "interrupted",
    };
}
