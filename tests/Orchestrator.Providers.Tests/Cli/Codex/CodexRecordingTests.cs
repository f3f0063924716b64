using System.Text.Json;
using Orchestrator.Providers.Processes;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Cli.Codex;

public sealed class CodexRecordingTests
{
    /// <summary>Each recording and the class of its failure; empty for one that worked.</summary>
    public static TheoryData<string, string> Recordings => new()
    {
        { "codex-edit", "" },
        { "codex-e429once", "" },
        { "codex-resume", "" },
        { "codex-ro", "" },
        { "codex-shellfail", "" },
        { "rec-codex", "" },
        { "codex-drop", nameof(FailureClass.ProviderError) },
        { "codex-stall", nameof(FailureClass.ProviderError) },
        { "codex-e500", nameof(FailureClass.ProviderError) },
        { "codex-e400ctx", nameof(FailureClass.ContextTooLong) },
        { "codex-e401", nameof(FailureClass.Authentication) },
        { "codex-e429", nameof(FailureClass.RateLimited) },
        { "codex-quota", nameof(FailureClass.Quota) },
        { "codex-refused", nameof(FailureClass.Unavailable) },
        { "codex-int-nat2", nameof(FailureClass.Crashed) },
        { "codex-term-shell", nameof(FailureClass.Crashed) },
    };

    [Theory]
    [MemberData(nameof(Recordings))]
    public void A_recording_gives_its_outcome_and_every_line_is_understood(string name, string failureClass)
    {
        var folder = Engines.RequireShared("fixtures", "agents");
        var exitCode = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, name + ".meta.json"))).RootElement.GetProperty("rc").GetInt32();
        var parser = new CodexOutputParser(_ => 1.5m, "m");

        var events = File.ReadLines(Path.Combine(folder, name + ".stdout.jsonl")).SelectMany(parser.Read).ToList();
        var end = parser.End(Exit(exitCode), File.ReadAllText(Path.Combine(folder, name + ".stderr.txt")));

        Assert.Equal(0, parser.UnknownLines);
        Assert.NotNull(Assert.Single(events.OfType<AgentStarted>()).SessionId);
        Assert.Equal(failureClass, (end as AgentFailed)?.Failure.Class.ToString() ?? "");
        Assert.Equal(failureClass.Length == 0, end is AgentCompleted { Result: { Summary.Length: > 0, Usage.InputTokens: > 0, SessionId.Length: > 0, CostUsd: 1.5m } });
    }

    [Fact]
    public void All_recordings_of_codex_are_tested()
    {
        var present = Directory.GetFiles(Engines.RequireShared("fixtures", "agents"), "*codex*.stdout.jsonl").Select(file => Path.GetFileName(file)[..^".stdout.jsonl".Length]);

        Assert.Empty(present.Where(name => !name.StartsWith("acp-", StringComparison.Ordinal)).Except(Recordings.Select(row => row.Data.Item1)));
    }

    [Fact]
    public void The_edit_recording_gives_its_events()
    {
        var parser = new CodexOutputParser(_ => null, null);

        var events = File.ReadLines(Engines.RequireShared("fixtures", "agents", "codex-edit.stdout.jsonl")).SelectMany(parser.Read).ToList();

        Assert.Equal(["/bin/bash -lc 'cat hello.txt'"], events.OfType<AgentToolCall>().Where(call => call.Tool == ToolKind.Shell && call.Succeeded is null).Take(1).Select(call => call.Target));
        Assert.Equal(["hello.txt", "new_by_agent.txt"], events.OfType<AgentToolCall>().Where(call => call is { Tool: ToolKind.Edit, Succeeded: true }).Select(call => Path.GetFileName(call.Target)));
        Assert.Equal(new TokenUsage { InputTokens = 6170, CachedInputTokens = 1000, OutputTokens = 280, ReasoningTokens = 35 }, Assert.Single(events.OfType<AgentUsageReported>()).Usage);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("[1]")]
    [InlineData("{}")]
    [InlineData("""{"type":7}""")]
    [InlineData("""{"type":"item.completed"}""")]
    [InlineData("""{"type":"item.completed","item":{"type":"hologram"}}""")]
    [InlineData("""{"type":"item.completed","item":{"type":"file_change","changes":[1,{}]}}""")]
    [InlineData("""{"type":"turn.failed","error":"text"}""")]
    [InlineData("""{"type":"turn.completed","usage":{"input_tokens":-5,"output_tokens":"x"}}""")]
    public void Lines_that_make_no_sense_break_nothing(string line)
    {
        var parser = new CodexOutputParser(_ => null, null);

        Assert.All(parser.Read(line), happened => Assert.NotNull(happened));
        Assert.NotNull(parser.End(Exit(1), ""));
    }

    [Fact]
    public void Exit_code_0_alone_is_no_success()
    {
        var parser = new CodexOutputParser(_ => null, null);

        var end = Assert.IsType<AgentFailed>(parser.End(Exit(0), ""));

        Assert.Equal(FailureClass.Protocol, end.Failure.Class);
    }

    [Fact]
    public void Tools_that_the_sandbox_refused_are_counted()
    {
        var folder = Engines.RequireShared("fixtures", "agents");
        var parser = new CodexOutputParser(_ => null, null);
        foreach (var line in File.ReadLines(Path.Combine(folder, "codex-ro.stdout.jsonl")))
        {
            _ = parser.Read(line);
        }

        var end = Assert.IsType<AgentCompleted>(parser.End(Exit(0), File.ReadAllText(Path.Combine(folder, "codex-ro.stderr.txt"))));

        Assert.Equal(2, end.Result.RefusedTools);
    }

    private static ProcessExit Exit(int code) => new() { End = ProcessEnd.Exited, ExitCode = code, Duration = TimeSpan.Zero, ErrorTail = "" };
}
