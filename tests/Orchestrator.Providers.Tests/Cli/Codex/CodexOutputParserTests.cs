using Orchestrator.Providers.Processes;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Cli.Codex;

public sealed class CodexOutputParserTests
{
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
