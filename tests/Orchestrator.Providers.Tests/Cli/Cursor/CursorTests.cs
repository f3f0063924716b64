using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Providers.Processes;
using Orchestrator.Secrets;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Cli.Cursor;

public sealed class CursorTests
{
    [Fact]
    public void A_run_as_the_documentation_describes_it_is_understood()
    {
        var parser = new CursorOutputParser(_ => 0.5m);

        var events = CursorLines.Edit.SelectMany(parser.Read).ToList();
        var end = parser.End(Exit(0), "");

        Assert.Equal(0, parser.UnknownLines);
        Assert.Equal("Sonnet 4.5", Assert.IsType<AgentStarted>(events[0]).Model);
        Assert.Equal(["Working on step 1.", "Done."], events.OfType<AgentMessage>().Select(message => message.Text));
        Assert.Equal(
            [(ToolKind.Edit, "/w/hello.txt", null), (ToolKind.Edit, "/w/hello.txt", true), (ToolKind.Shell, "make", null), (ToolKind.Shell, "make", (bool?)false)],
            events.OfType<AgentToolCall>().Select(call => (call.Tool, call.Target, call.Succeeded)));
        var result = Assert.IsType<AgentCompleted>(end).Result;
        Assert.Equal(("Done.", "c6b62c6f-7ead-4fd6-9922-e952131177ff", 0.5m), (result.Summary, result.SessionId, result.CostUsd));
        Assert.Equal(new TokenUsage { InputTokens = 135, CachedInputTokens = 30, CacheWriteTokens = 5, OutputTokens = 20 }, result.Usage);
    }

    [Fact]
    public void A_tool_that_was_rejected_is_counted()
    {
        var parser = new CursorOutputParser(_ => null);

        var events = CursorLines.Refused.SelectMany(parser.Read).ToList();

        Assert.Contains(events, happened => happened is AgentToolCall { Tool: ToolKind.Edit, Succeeded: false });
        Assert.Equal(1, Assert.IsType<AgentCompleted>(parser.End(Exit(0), "")).Result.RefusedTools);
    }

    [Theory]
    [InlineData("Error: Authentication required. Please run 'agent login' first, or set CURSOR_API_KEY environment variable.", FailureClass.Authentication)]
    [InlineData("error: unknown option '--frobnicate'", FailureClass.Configuration)]
    [InlineData("fetch failed: getaddrinfo ENOTFOUND api2.cursor.sh", FailureClass.Unavailable)]
    [InlineData("", FailureClass.Crashed)]
    public void Without_a_last_line_standard_error_says_what_went_wrong(string errorTail, FailureClass expected)
    {
        var parser = new CursorOutputParser(_ => null);
        _ = CursorLines.Edit.Take(5).SelectMany(parser.Read).ToList();

        Assert.Equal(expected, Assert.IsType<AgentFailed>(parser.End(Exit(1), errorTail)).Failure.Class);
    }

    [Fact]
    public async Task When_it_stays_alive_after_its_last_line_it_is_stopped_after_the_grace_and_that_is_no_failure()
    {
        var events = await StayAliveAsync("grace", CursorLines.Edit, new AgentTimeLimits { Grace = TimeSpan.FromMilliseconds(200) });

        Assert.IsType<AgentCompleted>(events[^1]);
        Assert.InRange(events[^1].At - events[0].At, TimeSpan.Zero, TimeSpan.FromSeconds(20)); // Neither its own minute nor the five of our idle clock.
    }

    [Theory]
    [InlineData(4_000, 60_000)]
    [InlineData(60_000, 12_000)]
    public async Task Clocks_that_end_it_after_its_last_line_are_no_failure(int idle, int total)
    {
        var limits = new AgentTimeLimits { Idle = TimeSpan.FromMilliseconds(idle), Total = TimeSpan.FromMilliseconds(total), Grace = TimeSpan.FromSeconds(30) };

        Assert.IsType<AgentCompleted>((await StayAliveAsync($"clocks-{idle}", CursorLines.Edit, limits))[^1]);
    }

    [Fact]
    public async Task Without_a_last_line_silence_is_a_failure()
    {
        var events = await StayAliveAsync("silence", CursorLines.Edit[..^1], new AgentTimeLimits { Idle = TimeSpan.FromSeconds(1), Grace = TimeSpan.Zero });

        Assert.Equal(FailureClass.IdleTimeout, Assert.IsType<AgentFailed>(events[^1]).Failure.Class);
    }

    private static async Task<List<AgentEvent>> StayAliveAsync(string name, string[] lines, AgentTimeLimits limits)
    {
        using var repository = GitRepository.Init();
        repository.Commit("base");
        using var programs = new TemporaryDirectory();
        File.WriteAllLines(programs.Combine("lines"), lines);
        File.WriteAllText(programs.Combine("cursor-agent"), $"#!/bin/sh\ncat '{programs.Combine("lines")}'\nsleep 60\n");
        File.SetUnixFileMode(programs.Combine("cursor-agent"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await using var host = new ProviderHost(
            providers => providers.AddCursor(options => options.Executable = programs.Combine("cursor-agent")), new Dictionary<string, string> { [SecretNames.Cursor] = "marked-cursor-key" });
        await using var workspace = await host.Workspaces.CreateAsync(repository.Path, $"cursor-alive-{name}", cancellationToken: TestContext.Current.CancellationToken);

        return await host.ExecuteAsync(workspace, limits: limits);
    }

    [Fact]
    public void An_exit_code_of_0_without_a_last_line_is_no_success()
    {
        var parser = new CursorOutputParser(_ => null);
        _ = CursorLines.Edit.SkipLast(1).SelectMany(parser.Read).ToList();

        Assert.Equal(FailureClass.Protocol, Assert.IsType<AgentFailed>(parser.End(Exit(0), "")).Failure.Class);
    }

    [Fact]
    public void Its_key_goes_by_the_environment_and_its_own_sandbox_is_asked_for_only_without_ours()
    {
        var profile = CursorProfile.Create();

        var confined = profile.Launch(CliRuns.Create(baseUrl: null));
        var open = profile.Launch(CliRuns.Create(new AgentCliOptions { AllowRepositoryTools = true }, confined: false, baseUrl: null));

        Assert.Equal("key-of-the-run", confined.Environment["CURSOR_API_KEY"]);
        Assert.DoesNotContain(confined.Arguments, argument => argument.Contains("key-of-the-run", StringComparison.Ordinal));
        Assert.Contains("--sandbox disabled", string.Join(' ', confined.Arguments), StringComparison.Ordinal);
        Assert.DoesNotContain("--approve-mcps", confined.Arguments);
        Assert.Contains("--sandbox enabled --approve-mcps --model m", string.Join(' ', open.Arguments), StringComparison.Ordinal);
    }

    private static ProcessExit Exit(int code) => new() { End = ProcessEnd.Exited, ExitCode = code, Duration = TimeSpan.Zero, ErrorTail = "" };
}
