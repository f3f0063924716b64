using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Providers.Processes;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Cli.OpenCode;

public sealed class OpenCodeTests
{
    private const string Stop = """{"type":"step_finish","sessionID":"s","part":{"reason":"stop","tokens":{"total":10,"input":5,"output":5,"reasoning":0,"cache":{"read":0,"write":0}},"cost":0.5}}""";

    [Fact]
    public void Its_configuration_names_the_key_and_does_not_hold_it()
    {
        var launch = OpenCodeProfile.Create().Launch(CliRuns.Create());

        Assert.Equal("key-of-the-run", launch.Environment["OPENCODE_API_KEY"]);
        Assert.Equal("1", launch.Environment["OPENCODE_DISABLE_PROJECT_CONFIG"]);
        using var configuration = JsonDocument.Parse(launch.Environment["OPENCODE_CONFIG_CONTENT"]);
        var options = configuration.RootElement.GetProperty("provider").GetProperty("orchestrator").GetProperty("options");
        Assert.Equal(("{env:OPENCODE_API_KEY}", "http://127.0.0.1:1"), (options.GetProperty("apiKey").GetString(), options.GetProperty("baseURL").GetString()));
        Assert.Equal("/w/AGENTS.md", Assert.Single(configuration.RootElement.GetProperty("instructions").EnumerateArray()).GetString());
        Assert.Contains("-m orchestrator/m --dir /w", string.Join(' ', launch.Arguments), StringComparison.Ordinal);
    }

    [Fact]
    public void The_repositorys_configuration_is_read_only_when_it_is_allowed() =>
        Assert.DoesNotContain("OPENCODE_DISABLE_PROJECT_CONFIG", OpenCodeProfile.Create().Launch(CliRuns.Create(new AgentCliOptions { AllowRepositoryTools = true })).Environment.Keys);

    [Theory]
    [InlineData(false, "would run what is in the repository's '.opencode/plugin'")]
    [InlineData(true, "ended with exit code 1")]
    public async Task It_is_not_started_where_it_would_run_programs_of_the_repository(bool allow, string expected)
    {
        using var repository = GitRepository.Init();
        repository.Write(".opencode/plugin/evil.js", "process.exit(0)\n");
        repository.Commit("base");
        await using var host = new ProviderHost(
            providers => providers.AddOpenCode(options => (options.Executable, options.AllowRepositoryTools) = ("false", allow)),
            new Dictionary<string, string> { ["OPENCODE_API_KEY"] = "marked-opencode-key" });
        await using var workspace = await host.Workspaces.CreateAsync(repository.Path, "opencode-evil", cancellationToken: TestContext.Current.CancellationToken);

        var events = await host.ExecuteAsync(workspace);

        Assert.Contains(expected, Assert.IsType<AgentFailed>(events[^1]).Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_ends_in_the_middle_of_a_step_is_no_success()
    {
        var parser = new OpenCodeOutputParser("m", _ => null);
        _ = parser.Read(Stop).ToList();
        _ = parser.Read("""{"type":"step_start","sessionID":"s","part":{}}""").ToList();

        Assert.Equal(FailureClass.Protocol, Assert.IsType<AgentFailed>(parser.End(Exit(0), "")).Failure.Class);
    }

    [Fact]
    public void Tokens_and_cost_of_the_steps_are_added()
    {
        var parser = new OpenCodeOutputParser("m", _ => null);
        _ = parser.Read(Stop).Concat(parser.Read(Stop)).ToList();

        var result = Assert.IsType<AgentCompleted>(parser.End(Exit(0), "")).Result;

        Assert.Equal((new TokenUsage { InputTokens = 10, OutputTokens = 10 }, 1.0m), (result.Usage, result.CostUsd));
    }

    [Fact]
    public void The_price_of_a_task_comes_on_top_of_what_it_tells()
    {
        var parser = new OpenCodeOutputParser("m", _ => null, 0.25m);

        var told = Assert.IsType<AgentUsageReported>(Assert.Single(parser.Read(Stop), happened => happened is AgentUsageReported));

        Assert.Equal((0.75m, 0.75m, 0.75m), (told.CostUsd, parser.CostUsd, Assert.IsType<AgentCompleted>(parser.End(Exit(0), "")).Result.CostUsd));
    }

    [Theory]
    [InlineData(25, 10, 15)]
    [InlineData(20, 10, 10)]
    public void Thoughts_are_output_once_whichever_way_the_model_counts_them(int total, int told, int expected)
    {
        var parser = new OpenCodeOutputParser("m", _ => null);
        var line = $$"""{ "type": "step_finish", "sessionID": "s", "part": { "reason": "stop", "tokens": { "total": {{total}}, "input": 10, "output": {{told}}, "reasoning": 5, "cache": {} } } }""";

        _ = parser.Read(line).ToList();

        Assert.Equal(expected, parser.Usage.OutputTokens);
    }

    [Fact]
    public void A_price_table_is_used_where_it_tells_no_cost()
    {
        var parser = new OpenCodeOutputParser("m", _ => 7m);
        _ = parser.Read(Stop.Replace("0.5", "0", StringComparison.Ordinal)).ToList();

        Assert.Equal(7m, Assert.IsType<AgentCompleted>(parser.End(Exit(0), "")).Result.CostUsd);
    }

    private static ProcessExit Exit(int code) => new() { End = ProcessEnd.Exited, ExitCode = code, Duration = TimeSpan.Zero, ErrorTail = "" };
}
