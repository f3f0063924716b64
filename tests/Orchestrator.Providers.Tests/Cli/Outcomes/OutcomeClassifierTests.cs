using Orchestrator.Providers.Processes;

namespace Orchestrator.Providers.Cli.Outcomes;

public sealed class OutcomeClassifierTests
{
    private static readonly CliReport Success = new() { HasEnded = true, HasSucceeded = true, Summary = "done", SessionId = "s", CostUsd = 2, RefusedTools = 3 };

    [Fact]
    public void A_run_that_ended_and_succeeded_with_exit_code_0_is_complete()
    {
        var result = Assert.IsType<AgentCompleted>(Classify(Success)).Result;

        Assert.Equal(("done", "s", 2m, 3), (result.Summary, result.SessionId, result.CostUsd, result.RefusedTools));
    }

    [Fact]
    public void Exit_code_0_alone_is_no_success()
    {
        Assert.Equal(FailureClass.Protocol, ClassOf(new CliReport()));
        Assert.Equal(FailureClass.Protocol, ClassOf(new CliReport { HasEnded = true }));
        Assert.Equal(FailureClass.Crashed, ClassOf(Success with { WasAborted = true }));
        Assert.Equal(FailureClass.Crashed, ClassOf(Success, exitCode: 1));
    }

    [Fact]
    public void What_the_agent_names_itself_comes_before_its_words_and_those_before_the_exit_code()
    {
        var report = new CliReport { HasEnded = true, Class = FailureClass.TurnLimit, Error = "status: 401" };

        Assert.Equal(FailureClass.TurnLimit, ClassOf(report, 1, "rate limit"));
        Assert.Equal(FailureClass.Authentication, ClassOf(report with { Class = null }, 1, "rate limit"));
        Assert.Equal(FailureClass.RateLimited, ClassOf(report with { Class = null, Error = null }, 1, "rate limit"));
        Assert.Equal(FailureClass.Crashed, ClassOf(report with { Class = null, Error = null }, 1, "bye"));
    }

    [Theory]
    [InlineData(401, FailureClass.Authentication)]
    [InlineData(402, FailureClass.Quota)]
    [InlineData(403, FailureClass.Authentication)]
    [InlineData(413, FailureClass.ContextTooLong)]
    [InlineData(422, FailureClass.BadRequest)]
    [InlineData(429, FailureClass.RateLimited)]
    [InlineData(500, FailureClass.ProviderError)]
    [InlineData(529, FailureClass.ProviderError)]
    public void A_status_alone_has_a_class(int status, FailureClass expected)
    {
        var failure = Assert.IsType<AgentFailed>(Classify(new CliReport { HasEnded = true, Status = status }, 1)).Failure;

        Assert.Equal((expected, status), (failure.Class, failure.StatusCode));
    }

    [Theory]
    [InlineData("error: unknown option '--verbos'", FailureClass.Configuration)]
    [InlineData("error: unexpected argument '--foo' found", FailureClass.Configuration)]
    [InlineData("error: the argument '--trust-folder' cannot be used with '--session-id <id>'", FailureClass.Configuration)]
    [InlineData("Invalid auth method selected.", FailureClass.Configuration)]
    [InlineData("--dangerously-skip-permissions cannot be used with root/sudo privileges for security reasons", FailureClass.Configuration)]
    [InlineData("When using Gemini API, you must specify the GEMINI_API_KEY environment variable.", FailureClass.Authentication)]
    [InlineData("Error: Not logged in. Please run /login", FailureClass.Authentication)]
    [InlineData("connect ECONNREFUSED 127.0.0.1:1", FailureClass.Unavailable)]
    [InlineData("Segmentation fault", FailureClass.Crashed)]
    [InlineData("", FailureClass.Crashed)]
    public void The_end_of_standard_error_explains_an_exit_code(string line, FailureClass expected)
    {
        var failure = Assert.IsType<AgentFailed>(Classify(new CliReport(), 1, $"a warning\n{line}\nat frame 1\n")).Failure;

        Assert.Equal((expected, 1), (failure.Class, failure.StatusCode));
        Assert.Contains("The agent", failure.Message, StringComparison.Ordinal);
        Assert.NotNull(failure.Detail);
    }

    [Fact]
    public void Tokens_and_cost_are_kept_and_long_words_are_cut()
    {
        var usage = new TokenUsage { InputTokens = 5 };

        var failure = Assert.IsType<AgentFailed>(Classify(new CliReport { Error = new string('x', 1_000_000), Usage = usage, CostUsd = 1 })).Failure;

        Assert.Equal((usage, 1m, 2000), (failure.Usage, failure.CostUsd, failure.Message.Length));
    }

    [Fact]
    public void The_agents_own_wait_comes_before_that_in_its_words()
    {
        var report = new CliReport { Error = "Rate limit reached. Please try again in 20s.", RetryAfter = TimeSpan.FromSeconds(7) };

        Assert.Equal(TimeSpan.FromSeconds(7), Assert.IsType<AgentFailed>(Classify(report)).Failure.RetryAfter);
        Assert.Equal(TimeSpan.FromSeconds(20), Assert.IsType<AgentFailed>(Classify(report with { RetryAfter = null })).Failure.RetryAfter);
        Assert.Null(Assert.IsType<AgentFailed>(Classify(report with { Error = "status: 500, try again in 20s" })).Failure.RetryAfter);
    }

    private static AgentEvent Classify(CliReport report, int exitCode = 0, string errorTail = "") => OutcomeClassifier.Classify(
        report, new ProcessExit { End = ProcessEnd.Exited, ExitCode = exitCode, Duration = TimeSpan.Zero, ErrorTail = errorTail }, errorTail, "The agent");

    private static FailureClass ClassOf(CliReport report, int exitCode = 0, string errorTail = "") => Assert.IsType<AgentFailed>(Classify(report, exitCode, errorTail)).Failure.Class;
}
