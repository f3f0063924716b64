using Orchestrator.Cli.Output;
using Orchestrator.Hosting;
using Orchestrator.Patching;
using Orchestrator.Providers;
using Orchestrator.Routing;
using Spectre.Console;

namespace Orchestrator.Cli.Tests.Output;

public sealed class ConsoleOutputTests
{
    [Fact]
    public void Markup_in_the_words_of_an_agent_is_text()
    {
        var text = Write(new CliLine
        {
            Type = "event",
            Event = new AgentTaskEvent { TaskId = "t", At = DateTimeOffset.UnixEpoch, Step = AgentTaskStep.Executing, Message = "[red]not red[/] [link=http://x]" },
        });

        Assert.Contains("[red]not red[/] [link=http://x]", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_tells_what_was_decided_changed_verified_and_spent()
    {
        var report = new AgentTaskReport
        {
            TaskId = "t1",
            Status = AgentTaskStatus.Verified,
            Provider = "codex",
            Decision = new RoutingDecision { Provider = "codex", Fallbacks = ["claude"], Reason = RoutingReason.BestScore },
            Candidates = [new CandidateExplanation { Provider = "jules", Rejection = RejectionReason.Source, Detail = "serves github" }],
            Attempts = [new AttemptReport { ExecutionId = "e1", Provider = "codex", Duration = TimeSpan.FromSeconds(2) }],
            Files = [new FileChange { Path = "a.cs", Operation = FileOperation.Modify, AddedLines = 2, RemovedLines = 1 }],
            Verification = new VerificationReport { Command = "dotnet test", Passed = true, ExitCode = 0, Duration = TimeSpan.FromSeconds(1) },
            Usage = new TokenUsage { InputTokens = 6170, OutputTokens = 280 },
            CostUsd = 0.0125m,
        };

        var text = Write(new CliLine { Type = "result", Report = report, Audit = new AuditReference("/s/orchestrator.db", 9, 1, 9, "orchestrator audit list --task t1") });

        Assert.Contains("codex (best_score), then claude", text, StringComparison.Ordinal);
        Assert.Contains("not jules: source, serves github", text, StringComparison.Ordinal);
        Assert.Contains("a.cs  +2 -1", text, StringComparison.Ordinal);
        Assert.Contains("yes: dotnet test (exit code 0, 1.0 s)", text, StringComparison.Ordinal);
        Assert.Contains("0.0125 USD; tokens 6170 in, 280 out", text, StringComparison.Ordinal);
        Assert.Contains("entries 1 to 9 in /s/orchestrator.db", text, StringComparison.Ordinal);
        Assert.Contains("Done", text, StringComparison.Ordinal);
    }

    private static string Write(CliLine line)
    {
        using var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer), Ansi = AnsiSupport.No });
        console.Profile.Width = int.MaxValue;
        new ConsoleOutput(console, console).Write(line);
        return writer.ToString();
    }
}
