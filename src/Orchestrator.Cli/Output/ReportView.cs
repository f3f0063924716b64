using System.Globalization;
using Orchestrator.Hosting;
using Orchestrator.Json;
using Orchestrator.Patching;
using Orchestrator.Routing;
using Spectre.Console;

namespace Orchestrator.Cli.Output;

/// <summary>The end of a task for people: what was decided and why, what changed, what verification said, what it cost, where the audit entries are.</summary>
internal sealed class ReportView(IAnsiConsole console)
{
    public void Write(AgentTaskReport report, AuditReference? audit)
    {
        console.WriteLine();
        WriteDecision(report);
        WriteAttempts(report);
        WriteFiles(report);
        WriteVerification(report);
        WriteTrouble(report);
        Line("cost", Cost(report));
        if (audit is not null)
        {
            Line("audit", $"entries {audit.First} to {audit.Last} in {audit.Database}; see: {audit.Command}");
        }

        var colour = report.Status switch { AgentTaskStatus.Verified => "green", AgentTaskStatus.Unverified => "yellow", _ => "red" };
        console.MarkupLine($"[bold {colour}]{Markup.Escape(Headline(report))}[/]");
    }

    private void WriteDecision(AgentTaskReport report)
    {
        if (report.Decision is not { } decision)
        {
            return;
        }

        Line("decided", decision.Provider is { } provider
            ? $"{provider}{(decision.Model is null ? "" : " with " + decision.Model)} ({decision.Reason.ToName()}){Fallbacks(decision)}"
            : "no provider");
        foreach (var candidate in report.Candidates.Where(candidate => candidate.Rejection != RejectionReason.None))
        {
            Line("", $"not {candidate.Provider}: {candidate.Rejection.ToName()}{(candidate.Detail.Length == 0 ? "" : ", " + candidate.Detail)}");
        }
    }

    private void WriteAttempts(AgentTaskReport report)
    {
        foreach (var attempt in report.Attempts)
        {
            var outcome = attempt.Failure is { } failure ? failure.ToString() : "gave a result";
            Line("attempt", string.Create(CultureInfo.InvariantCulture, $"{attempt.Provider}: {outcome} after {attempt.Duration.TotalSeconds:0.0} s"));
        }
    }

    private void WriteFiles(AgentTaskReport report)
    {
        foreach (var file in report.Files)
        {
            var counts = file.IsBinary ? "binary" : $"+{file.AddedLines} -{file.RemovedLines}";
            var name = file.OldPath is { } old && file.Operation is FileOperation.Rename or FileOperation.Copy ? $"{file.OldPath} -> {file.Path}" : file.Path;
            Line("changed", $"{file.Operation.ToName(),-7} {name}  {counts}");
        }

        if (report.Files.Count > 0)
        {
            Line("", $"{report.Files.Count} files, {report.Files.Sum(file => file.AddedLines)} lines added, {report.Files.Sum(file => file.RemovedLines)} removed");
        }

        if (report.Branch is { } branch)
        {
            Line("branch", branch);
        }

        if (report.PatchFile is { } patchFile)
        {
            Line("patch", patchFile);
        }
    }

    private void WriteVerification(AgentTaskReport report)
    {
        if (report.Verification is not { } verification)
        {
            return;
        }

        var code = verification.ExitCode is { } exitCode ? $"exit code {exitCode}" : verification.CouldNotStart ? "not started" : "stopped";
        Line("verified", string.Create(CultureInfo.InvariantCulture, $"{(verification.Passed ? "yes" : "no")}: {verification.Command} ({code}, {verification.Duration.TotalSeconds:0.0} s)"));
        if (!verification.Passed)
        {
            foreach (var line in Terminal.SafeLines(verification.Output).TakeLast(20))
            {
                Line("", line);
            }
        }
    }

    private void WriteTrouble(AgentTaskReport report)
    {
        foreach (var conflict in report.Conflicts)
        {
            var place = conflict.Line is { } line ? $"{conflict.Path}:{line}" : conflict.Path;
            Line("conflict", $"{conflict.Code.ToName()} {place}: {conflict.Message}");
        }

        foreach (var note in report.Notes)
        {
            Line("note", note);
        }

        if (report.RemediationTaskId is { } remediation)
        {
            Line("next", $"task {remediation} waits to repair this one; run it with: orchestrator work --drain");
        }
    }

    private void Line(string label, string text) => console.MarkupLine($"[grey]{label,-9}[/] {Markup.Escape(Terminal.Safe(text))}");

    private static string Fallbacks(RoutingDecision decision) => decision.Fallbacks.Count == 0 ? "" : $", then {string.Join(", ", decision.Fallbacks)}";

    private static string Cost(AgentTaskReport report)
    {
        var money = report.CostUsd is { } usd ? string.Create(CultureInfo.InvariantCulture, $"{usd:0.####} USD") : "not known";
        return $"{money}; tokens {report.Usage.InputTokens} in, {report.Usage.OutputTokens} out";
    }

    private static string Headline(AgentTaskReport report) => report.Status switch
    {
        AgentTaskStatus.Verified => "Done: the result is delivered and verified.",
        AgentTaskStatus.Unverified => "Delivered, but not verified: name a command with --verify.",
        AgentTaskStatus.Cancelled => "Cancelled: nothing was changed.",
        AgentTaskStatus.VerificationFailed => "Not kept: the verify command said no, and the tree was restored.",
        AgentTaskStatus.PatchRejected => "Not applied: the result does not fit the tree. Nothing was changed.",
        _ => $"Failed: {Terminal.Safe(report.Failure?.Message ?? "see above")}",
    };
}
