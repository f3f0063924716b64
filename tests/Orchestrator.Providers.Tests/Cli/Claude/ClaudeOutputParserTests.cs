using System.Text.Json;
using Orchestrator.Providers.Processes;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Cli.Claude;

public sealed class ClaudeOutputParserTests
{
    [Fact]
    public void The_edit_recording_gives_its_events()
    {
        var (_, events, end) = Play("claude-edit");

        var calls = events.OfType<AgentToolCall>().ToList();
        Assert.Equal([ToolKind.Read, ToolKind.Edit, ToolKind.Edit, ToolKind.Shell], calls.Where(call => call.Succeeded is null).Select(call => call.Tool));
        Assert.Equal(["hello.txt", "hello.txt", "new_by_agent.txt"], calls.Where(call => call is { Tool: not ToolKind.Shell, Succeeded: true }).Select(call => Path.GetFileName(call.Target)));
        var result = Assert.IsType<AgentCompleted>(end).Result;
        Assert.Equal("Done: I changed line two of the file.", result.Summary);
        Assert.Equal("978e2078-f80d-4c81-9a7a-b7ffd6340d71", result.SessionId);
        Assert.Equal(new TokenUsage { InputTokens = 7220, CachedInputTokens = 1000, CacheWriteTokens = 50, OutputTokens = 280 }, result.Usage);
        Assert.Equal(0.0232m + 0.5m, Math.Round(result.CostUsd!.Value, 4));
    }

    [Fact]
    public void A_run_that_was_stopped_keeps_the_tokens_of_its_messages()
    {
        var (parser, _, end) = Play("claude-term-shell");

        Assert.Equal(1444, parser.Usage.InputTokens);
        Assert.Equal(1.5m, Assert.IsType<AgentFailed>(end).Failure.CostUsd);
    }

    [Fact]
    public void Each_message_tells_what_was_used_so_far_and_each_block_of_it_does_not()
    {
        var parser = new ClaudeOutputParser(usage => usage.InputTokens, 0);
        string[] lines =
        [
            """{"type":"assistant","message":{"id":"m1","content":[{"type":"text","text":"one"}],"usage":{"input_tokens":10,"output_tokens":1}}}""",
            """{"type":"assistant","message":{"id":"m1","content":[{"type":"text","text":"two"}],"usage":{"input_tokens":10,"output_tokens":1}}}""",
            """{"type":"assistant","message":{"id":"m2","content":[],"usage":{"input_tokens":20,"output_tokens":2}}}""",
            """{"type":"assistant","message":{"id":"m3","content":[]}}""",
        ];

        var told = lines.SelectMany(parser.Read).OfType<AgentUsageReported>();

        Assert.Equal([(10, 1, 10m), (30, 3, 30m)], told.Select(usage => (usage.Usage.InputTokens, usage.Usage.OutputTokens, usage.CostUsd!.Value)));
    }

    [Theory]
    [InlineData("claude-sonnet-4-5", FailureClass.Crashed)]
    [InlineData("<synthetic>", FailureClass.RateLimited)]
    public void A_status_counts_until_the_model_answers_again(string model, FailureClass expected)
    {
        var parser = new ClaudeOutputParser(_ => null, 0);
        _ = parser.Read("""{"type":"system","subtype":"api_retry","attempt":1,"max_retries":2,"error_status":429}""").ToList();
        _ = parser.Read($$$"""{"type":"assistant","message":{"id":"m1","model":"{{{model}}}","content":[{"type":"text","text":"on it"}]}}""").ToList();

        Assert.Equal(expected, Assert.IsType<AgentFailed>(parser.End(Exit(137), "")).Failure.Class);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("[1]")]
    [InlineData("{}")]
    [InlineData("""{"type":"system"}""")]
    [InlineData("""{"type":"assistant","message":{"content":"text"}}""")]
    [InlineData("""{"type":"assistant","message":{"content":[1,{},{"type":"tool_use","name":7,"input":[]}]}}""")]
    [InlineData("""{"type":"user","message":{"content":[{"type":"tool_result","tool_use_id":"unknown"}]}}""")]
    [InlineData("""{"type":"result","is_error":true,"errors":["\ud83d"]}""")]
    [InlineData("""{"type":"result","usage":{"input_tokens":9223372036854775807,"cache_read_input_tokens":9223372036854775807},"total_cost_usd":7e28,"errors":[1]}""")]
    public void Lines_that_make_no_sense_break_nothing(string line)
    {
        var parser = new ClaudeOutputParser(_ => null, 1);

        Assert.All(parser.Read(line), happened => Assert.NotNull(happened));
        Assert.IsType<AgentFailed>(parser.End(Exit(0), ""));
    }

    private static (ClaudeOutputParser Parser, List<AgentEvent> Events, AgentEvent End) Play(string name)
    {
        var folder = Engines.RequireShared("fixtures", "agents");
        var exitCode = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, name + ".meta.json"))).RootElement.GetProperty("rc").GetInt32();
        var parser = new ClaudeOutputParser(_ => 1.5m, 0.5m);
        var events = File.ReadLines(Path.Combine(folder, name + ".stdout.jsonl")).SelectMany(parser.Read).ToList();
        return (parser, events, parser.End(Exit(exitCode), File.ReadAllText(Path.Combine(folder, name + ".stderr.txt"))));
    }

    private static ProcessExit Exit(int code) => new() { End = ProcessEnd.Exited, ExitCode = code, Duration = TimeSpan.Zero, ErrorTail = "" };
}
