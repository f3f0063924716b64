using System.Text.Json;
using Orchestrator.Providers.Processes;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Cli.Gemini;

public sealed class GeminiTests
{
    [Fact]
    public void The_folder_is_not_trusted_and_the_key_is_in_the_environment_alone()
    {
        var launch = GeminiProfile.Create().Launch(CliRuns.Create());

        Assert.Equal(("false", "key-of-the-run", "http://127.0.0.1:1"), (launch.Environment["GEMINI_CLI_TRUST_WORKSPACE"], launch.Environment["GEMINI_API_KEY"], launch.Environment["GOOGLE_GEMINI_BASE_URL"]));
        Assert.DoesNotContain("key-of-the-run", string.Join(' ', launch.Arguments) + string.Join(' ', launch.HomeFiles.Values), StringComparison.Ordinal);
        Assert.DoesNotContain("--approval-mode", launch.Arguments);
        Assert.Contains("-m m", string.Join(' ', launch.Arguments), StringComparison.Ordinal);
        Assert.Contains("toolName = \"*\"", launch.HomeFiles[".gemini/orchestrator.toml"], StringComparison.Ordinal);
    }

    [Fact]
    public void With_the_repositorys_tools_the_folder_is_trusted()
    {
        var launch = GeminiProfile.Create().Launch(CliRuns.Create(new AgentCliOptions { AllowRepositoryTools = true }));

        Assert.Equal("true", launch.Environment["GEMINI_CLI_TRUST_WORKSPACE"]);
        Assert.Contains("--approval-mode yolo", string.Join(' ', launch.Arguments), StringComparison.Ordinal);
        Assert.Equal([".gemini/settings.json"], launch.HomeFiles.Keys);
    }

    [Fact]
    public void A_limit_of_turns_stands_in_the_settings()
    {
        var settings = GeminiProfile.Create().Launch(CliRuns.Create(new AgentCliOptions { MaxTurns = 7 })).HomeFiles[".gemini/settings.json"];

        using var document = JsonDocument.Parse(settings);
        Assert.Equal(7, document.RootElement.GetProperty("model").GetProperty("maxSessionTurns").GetInt32());
    }

    [Fact]
    public void Instructions_behind_a_link_are_not_read()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory.Combine("secret"), "of somebody else");
        File.CreateSymbolicLink(directory.Combine("GEMINI.md"), directory.Combine("secret"));

        var workspace = new AgentWorkspace { Directory = directory.Path, BaseCommit = "x", HomeDirectory = "/h", TemporaryDirectory = "/t" };

        Assert.DoesNotContain(".gemini/GEMINI.md", GeminiProfile.Create().Launch(CliRuns.Create(workspace: workspace)).HomeFiles.Keys);
    }

    [Fact]
    public void What_the_model_thought_is_output_too()
    {
        var parser = new GeminiOutputParser(_ => null);

        _ = parser.Read("""{"type":"result","status":"success","stats":{"total_tokens":170,"input_tokens":100,"output_tokens":50,"cached":40}}""").ToList();

        Assert.Equal(new TokenUsage { InputTokens = 100, CachedInputTokens = 40, OutputTokens = 70, ReasoningTokens = 20 }, parser.Usage);
    }

    [Fact]
    public void A_success_after_an_error_is_none()
    {
        var parser = new GeminiOutputParser(_ => null);

        _ = parser.Read("""{"type":"error","severity":"error","message":"Maximum session turns exceeded"}""").ToList();
        _ = parser.Read("""{"type":"result","status":"success","stats":{}}""").ToList();

        Assert.Equal("Maximum session turns exceeded", Assert.IsType<AgentFailed>(parser.End(Exit(0), "")).Failure.Message);
    }

    [Fact]
    public void A_warning_is_progress_and_no_failure()
    {
        var parser = new GeminiOutputParser(_ => null);

        var events = parser.Read("""{"type":"error","severity":"warning","message":"Loop detected, stopping execution"}""").ToList();
        _ = parser.Read("""{"type":"result","status":"success","stats":{}}""").ToList();

        Assert.Equal("Loop detected, stopping execution", Assert.IsType<AgentProgress>(Assert.Single(events)).Message);
        Assert.IsType<AgentCompleted>(parser.End(Exit(0), ""));
    }

    [Theory]
    [InlineData(41, FailureClass.Authentication)]
    [InlineData(42, FailureClass.Configuration)]
    [InlineData(52, FailureClass.Configuration)]
    [InlineData(53, FailureClass.TurnLimit)]
    [InlineData(55, FailureClass.Configuration)]
    [InlineData(1, FailureClass.Crashed)]
    public void Exit_codes_have_a_meaning_when_nothing_was_said(int exitCode, FailureClass expected) =>
        Assert.Equal(expected, Assert.IsType<AgentFailed>(new GeminiOutputParser(_ => null).End(Exit(exitCode), "")).Failure.Class);

    [Theory]
    [InlineData(145, FailureClass.Authentication, 401)]
    [InlineData(173, FailureClass.RateLimited, 429)]
    [InlineData(247, FailureClass.ProviderError, 503)]
    public void An_exit_code_is_the_status_cut_to_a_byte(int exitCode, FailureClass expected, int status)
    {
        var parser = new GeminiOutputParser(_ => null);
        _ = parser.Read("""{"type":"result","status":"error","error":{"type":"unknown","message":"[API Error: it did not work]"}}""").ToList();

        var failure = Assert.IsType<AgentFailed>(parser.End(Exit(exitCode), "")).Failure;

        Assert.Equal((expected, status), (failure.Class, failure.StatusCode));
    }

    [Fact]
    public void Half_of_an_emoji_breaks_no_line()
    {
        var parser = new GeminiOutputParser(_ => null);

        _ = parser.Read("""{"type":"message","role":"assistant","content":"cut \ud83d","delta":true}""").ToList();
        _ = parser.Read("""{"type":"result","status":"success","stats":{}}""").ToList();

        Assert.Equal("cut \ufffd", Assert.IsType<AgentCompleted>(parser.End(Exit(0), "")).Result.Summary);
        Assert.Equal(0, parser.UnknownLines);
    }

    private static ProcessExit Exit(int code) => new() { End = ProcessEnd.Exited, ExitCode = code, Duration = TimeSpan.Zero, ErrorTail = "" };
}
