using Orchestrator.Providers.Processes;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Cli.Copilot;

public sealed class CopilotTests
{
    [Fact]
    public void With_an_address_it_speaks_to_that_model_alone()
    {
        var options = new AgentCliOptions { ApiKeySecret = "GATEWAY_API_KEY", Models = [new ModelDescriptor { Name = "m", ContextWindow = 9000 }] };

        var launch = CopilotProfile.Create().Launch(CliRuns.Create(options));

        Assert.Equal(("true", "key-of-the-run", "http://127.0.0.1:1"), (launch.Environment["COPILOT_OFFLINE"], launch.Environment["COPILOT_PROVIDER_API_KEY"], launch.Environment["COPILOT_PROVIDER_BASE_URL"]));
        Assert.Equal(("m", "completions", "9000"), (launch.Environment["COPILOT_MODEL"], launch.Environment["COPILOT_PROVIDER_WIRE_API"], launch.Environment["COPILOT_PROVIDER_MAX_PROMPT_TOKENS"]));
        Assert.DoesNotContain("COPILOT_GITHUB_TOKEN", launch.Environment.Keys);
        Assert.DoesNotContain(launch.Arguments, argument => argument.Contains("key-of-the-run", StringComparison.Ordinal) || argument is "--model" or "--trust-folder");
    }

    [Fact]
    public void Without_an_address_its_key_is_a_GitHub_token_and_no_other_variable_of_GitHub_is_set()
    {
        var launch = CopilotProfile.Create().Launch(CliRuns.Create(baseUrl: null));

        Assert.Equal("key-of-the-run", launch.Environment["COPILOT_GITHUB_TOKEN"]);
        Assert.DoesNotContain(launch.Environment.Keys, name => name is "GITHUB_TOKEN" or "GH_TOKEN" or "COPILOT_OFFLINE" or "COPILOT_PROVIDER_BASE_URL");
        Assert.Contains("--model m", string.Join(' ', launch.Arguments), StringComparison.Ordinal);
    }

    [Fact]
    public void A_GitHub_token_is_not_given_to_somebody_elses_server()
    {
        var launch = CopilotProfile.Create().Launch(CliRuns.Create());

        Assert.DoesNotContain("key-of-the-run", launch.Environment.Values);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_folder_is_trusted_only_with_the_repositorys_tools(bool allowed)
    {
        var launch = CopilotProfile.Create().Launch(CliRuns.Create(new AgentCliOptions { AllowRepositoryTools = allowed }));

        Assert.Equal(allowed, launch.Environment.ContainsKey("COPILOT_ALLOW_ALL"));
        Assert.DoesNotContain("--trust-folder", launch.Arguments);
    }

    [Theory]
    [InlineData("gpt-5.1-codex", "responses")]
    [InlineData("gpt-4.1", "completions")]
    [InlineData(null, "completions")]
    public void Models_that_need_the_Responses_protocol_get_it(string? model, string expected) =>
        Assert.Equal(expected, CopilotProfile.Create().Launch(CliRuns.Create() with { Model = model }).Environment["COPILOT_PROVIDER_WIRE_API"]);

    [Fact]
    public void The_session_has_a_name_from_the_first_line_on_and_another_execution_has_another()
    {
        var run = CliRuns.Create();
        var other = run with { Execution = run.Execution with { Id = "e2" } };
        var argument = CopilotProfile.Create().Launch(run).Arguments.Single(argument => argument.StartsWith("--session-id=", StringComparison.Ordinal));

        var started = CopilotProfile.Create().CreateParser(run).Read("""{"type":"session.skills_loaded","data":{"skills":[]}}""").OfType<AgentStarted>().Single();

        Assert.Equal(argument, "--session-id=" + started.SessionId);
        Assert.True(Guid.TryParse(started.SessionId, out _));
        Assert.DoesNotContain(argument, CopilotProfile.Create().Launch(other).Arguments);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"modelMetrics\":{\"m\":7,\"n\":{\"usage\":{\"inputTokens\":\"x\"}}}}")]
    [InlineData("{\"modelMetrics\":")]
    public void A_file_of_usage_that_makes_no_sense_tells_nothing(string content)
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory.Combine("usage.json"), content);

        Assert.Equal(new TokenUsage(), CopilotUsageFile.Read(directory.Combine("usage.json")));
    }

    [Fact]
    public void A_file_of_usage_that_is_missing_a_link_or_huge_is_not_read()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory.Combine("real.json"), """{"modelMetrics":{"m":{"usage":{"inputTokens":5}}}}""");
        File.CreateSymbolicLink(directory.Combine("link.json"), directory.Combine("real.json"));
        File.WriteAllText(directory.Combine("huge.json"), """{"modelMetrics":{"m":{"usage":{"inputTokens":5}}}}""" + new string(' ', 1024 * 1024));

        Assert.Equal(5, CopilotUsageFile.Read(directory.Combine("real.json")).InputTokens);
        Assert.All(["link.json", "huge.json", "missing.json"], name => Assert.Equal(new TokenUsage(), CopilotUsageFile.Read(directory.Combine(name))));
    }

    [Fact]
    public void Failed_calls_of_the_model_are_progress_and_their_last_code_decides()
    {
        var parser = new CopilotOutputParser("s", "m", null, _ => null);

        var events = parser.Read("""{"type":"model.call_failure","data":{"statusCode":400,"retryAttempt":0,"errorCode":"context_length_exceeded"}}""")
            .Concat(parser.Read("""{"type":"session.error","data":{"errorType":"query","message":"It did not work."}}"""))
            .Concat(parser.Read("""{"type":"result","exitCode":0}""")).ToList();

        Assert.Contains(events, happened => happened is AgentProgress { Message: "The model did not answer (status 400); attempt 1." });
        Assert.Equal(FailureClass.ContextTooLong, Assert.IsType<AgentFailed>(parser.End(Exit(0), "")).Failure.Class);
    }

    private static ProcessExit Exit(int code) => new() { End = ProcessEnd.Exited, ExitCode = code, Duration = TimeSpan.Zero, ErrorTail = "" };
}
