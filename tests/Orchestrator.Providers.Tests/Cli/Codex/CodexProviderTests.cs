using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Cli.Codex;

public sealed class CodexProviderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_key_nothing_is_started_and_the_variable_is_named()
    {
        using var repository = GitRepository.Init();
        repository.Commit("base");
        await using var host = new ProviderHost(providers => providers.AddCodex(options => (options.Executable, options.ApiKeySecret) = ("/bin/false", "NO_SUCH_KEY_HERE")));
        await using var workspace = await host.Workspaces.CreateAsync(repository.Path, "codex-e1", cancellationToken: Token);

        var failed = Assert.IsType<AgentFailed>(Assert.Single(await host.ExecuteAsync(workspace)));
        var health = await host.Provider.CheckHealthAsync(Token);

        Assert.Equal(FailureClass.Authentication, failed.Failure.Class);
        Assert.Contains("NO_SUCH_KEY_HERE", failed.Failure.Message, StringComparison.Ordinal);
        Assert.Equal((HealthStatus.Unhealthy, "NO_SUCH_KEY_HERE"), (health.Status, health.Details["missing_secrets"]));
    }

    [Fact]
    public async Task A_program_that_is_not_installed_is_unavailable_and_the_fix_is_named()
    {
        using var repository = GitRepository.Init();
        repository.Commit("base");
        await using var host = new ProviderHost(providers => providers.AddCodex(options => options.Executable = "no-codex-here"));
        await using var workspace = await host.Workspaces.CreateAsync(repository.Path, "codex-e1", cancellationToken: Token);

        var failed = Assert.IsType<AgentFailed>(Assert.Single(await host.ExecuteAsync(workspace)));
        var health = await host.Provider.CheckHealthAsync(Token);

        Assert.Equal(FailureClass.Unavailable, failed.Failure.Class);
        Assert.Contains("npm install -g @openai/codex", failed.Failure.Message, StringComparison.Ordinal);
        Assert.Contains("npm install -g @openai/codex", health.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "--dangerously-bypass-approvals-and-sandbox")]
    [InlineData(false, "-s workspace-write")]
    public void Without_our_confinement_the_agents_own_sandbox_is_asked_for(bool confined, string expected)
    {
        var run = CliRuns.Create(confined: confined, baseUrl: "http://a/\"x");

        var arguments = string.Join(' ', CodexProfile.Launch(run).Arguments);

        Assert.Contains(expected, arguments, StringComparison.Ordinal);
        Assert.Contains("base_url=\"http://a/\\u0022x\"", arguments, StringComparison.Ordinal);
        Assert.EndsWith(" -", arguments, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "--ignore-user-config --ignore-rules")]
    [InlineData(true, "--trust --dangerously-bypass-hook-trust")]
    public void The_repositorys_programs_stay_off_unless_they_are_allowed(bool allowed, string expected)
    {
        var arguments = string.Join(' ', CodexProfile.Launch(CliRuns.Create(new AgentCliOptions { AllowRepositoryTools = allowed })).Arguments);

        Assert.Contains(expected, arguments, StringComparison.Ordinal);
        Assert.Equal(allowed, arguments.Contains("trust", StringComparison.Ordinal));
        Assert.Equal(!allowed, arguments.Contains("--ignore", StringComparison.Ordinal));
    }

    [Fact]
    public void The_key_is_in_the_environment_alone()
    {
        var launch = CodexProfile.Launch(CliRuns.Create(key: "sk-secret-of-codex"));

        Assert.Equal("sk-secret-of-codex", launch.Environment["CODEX_API_KEY"]);
        Assert.DoesNotContain(launch.Arguments, argument => argument.Contains("sk-secret-of-codex", StringComparison.Ordinal));
        Assert.Empty(launch.HomeFiles);
    }
}
