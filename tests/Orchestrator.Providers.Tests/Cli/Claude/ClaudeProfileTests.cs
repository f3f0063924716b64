using Orchestrator.Testing;

namespace Orchestrator.Providers.Cli.Claude;

public sealed class ClaudeProfileTests
{
    [Fact]
    public void The_repositorys_programs_stay_off_unless_they_are_allowed()
    {
        var closed = string.Join(' ', ClaudeProfile.Launch(CliRuns.Create()).Arguments);
        var open = string.Join(' ', ClaudeProfile.Launch(CliRuns.Create(new AgentCliOptions { AllowRepositoryTools = true })).Arguments);

        Assert.Contains("--setting-sources user --strict-mcp-config", closed, StringComparison.Ordinal);
        Assert.DoesNotContain("--setting-sources", open, StringComparison.Ordinal);
        Assert.DoesNotContain("--strict-mcp-config", open, StringComparison.Ordinal);
    }

    [Fact]
    public void Limits_session_and_more_arguments_are_passed_on()
    {
        var run = CliRuns.Create(new AgentCliOptions { MaxTurns = 7, ExtraArguments = ["--effort", "low"] }, sessionId: "5f1c", budgetUsd: 0.25m);

        var arguments = string.Join(' ', ClaudeProfile.Launch(run).Arguments);

        Assert.Contains("--model m ", arguments, StringComparison.Ordinal);
        Assert.Contains("--max-turns 7 --max-budget-usd 0.25 --resume 5f1c --effort low", arguments, StringComparison.Ordinal);
    }

    [Fact]
    public void The_key_and_the_address_are_in_the_environment_alone()
    {
        var launch = ClaudeProfile.Launch(CliRuns.Create(key: "sk-ant-secret-of-claude", baseUrl: "http://127.0.0.1:5"));

        Assert.Equal(("sk-ant-secret-of-claude", "http://127.0.0.1:5"), (launch.Environment["ANTHROPIC_API_KEY"], launch.Environment["ANTHROPIC_BASE_URL"]));
        Assert.DoesNotContain(launch.Arguments, argument => argument.Contains("sk-ant-secret", StringComparison.Ordinal));
        Assert.Equal(Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows(), launch.Environment.ContainsKey("IS_SANDBOX"));
    }

    [Fact]
    public void The_repositorys_instructions_are_imported_by_the_homes_own()
    {
        using var folder = new TemporaryDirectory();
        var tree = Directory.CreateDirectory(folder.Combine("a tree")).FullName;
        File.WriteAllText(Path.Combine(tree, "CLAUDE.md"), "Be kind.");
        var workspace = new AgentWorkspace { Directory = tree, BaseCommit = "x", HomeDirectory = folder.Combine("home"), TemporaryDirectory = "/t" };

        var with = ClaudeProfile.Launch(CliRuns.Create(workspace: workspace)).HomeFiles;
        var without = ClaudeProfile.Launch(CliRuns.Create()).HomeFiles;

        Assert.Equal("@../../a\\ tree/CLAUDE.md\n", Assert.Single(with, file => file.Key == ".claude/CLAUDE.md").Value);
        Assert.Empty(without);
    }
}
