using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.EndToEnd.Kit;
using Orchestrator.Testing;

namespace Orchestrator.EndToEnd;

/// <summary>The image that <c>containers/</c> describes, and every agent CLI in it: without a network, without a writable root, its model reached through the credential proxy alone.</summary>
[Trait("Engine", "Docker")]
public sealed class FactoryImageTests : IAsyncLifetime
{
    private const string Secret = "GATEWAY_API_KEY";
    private const string Key = "sk-marked-factory-key-0123456789abcdef";

    private ContainerRig? _rig;

    private ContainerRig Rig => _rig!;

    public async ValueTask InitializeAsync()
    {
        _rig = await ContainerRig.StartAsync("factory", memoryMiB: 2048);
        Rig.Cli.Environment[Secret] = Key;
        Rig.Cli.Environment["COPILOT_PKG_CACHE_HOME"] = "/nowhere"; // A path of this machine means nothing in a container.
    }

    [Theory]
    [InlineData("codex")]
    [InlineData("claude")]
    [InlineData("gemini")]
    [InlineData("copilot")]
    public async Task An_agent_edits_in_a_container_without_a_network_and_the_verified_result_is_applied(string agent)
    {
        var config = Rig.Configure((agent, Agent(agent, "edit")));

        var result = await Rig.RunAsync(config, "--verify", "grep -q \"CHANGED BY AGENT\" hello.txt", "--provider", agent);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(("verified", agent), (result.Status, result.Report.GetProperty("provider").GetString()));
        Assert.Equal("line one\nline two CHANGED BY AGENT\nline three\n", Rig.Repository.Read("hello.txt"));
        Assert.Equal(["hello.txt", "made_by_shell.txt", "new_by_agent.txt"], result.ChangedFiles.Order(StringComparer.Ordinal));
        Assert.True(result.Report.GetProperty("usage").GetProperty("output_tokens").GetInt64() > 0, result.ToString());
        Rig.AssertKeyIsNowhere(Key, result);
        await Rig.AssertNothingLeftAsync();
    }

    [Theory]
    [InlineData("claude")]
    [InlineData("gemini")]
    [InlineData("copilot")]
    public async Task What_the_engine_says_of_an_agent_at_work_holds_no_secret(string agent)
    {
        var config = Rig.Configure((agent, Agent(agent, "hang")));
        await using var program = Rig.Start(config, "--provider", agent);
        await Rig.UntilAskedAsync("\"hang\"", program);

        var told = await Rig.AssertContainerHasNoKeyAsync(Key);

        Assert.Contains(agent, told, StringComparison.Ordinal); // The agent's own command is among what was looked at.
    }

    [Fact]
    public async Task A_daemon_that_Claude_starts_does_not_outlive_the_run()
    {
        var result = await Rig.RunAsync(Rig.Configure(("claude", Agent("claude", "daemon"))), "--verify", "true", "--provider", "claude");

        Assert.Equal("no_changes", result.FailureClass);
        Assert.Contains("603", Rig.Models.Log(), StringComparison.Ordinal); // It was told to start one.
        await Rig.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task Git_in_a_container_knows_the_commit_that_it_works_on()
    {
        const string Script = """
            sed -i 's/line two/line TWO/' hello.txt
            { git status --porcelain; git diff HEAD | grep '^[-+]line'; git log --format=%s | wc -l; } > told.txt 2>&1
            git add hello.txt && git commit -q -m "by the agent" && git show --stat --format=%an | head -1 >> told.txt 2>&1
            """;

        var result = await Rig.RunAsync(Rig.Configure(("probe", ShellProviders.Shell(Script))), "--verify", "true", "--provider", "probe");

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(" M hello.txt\n?? told.txt\n-line two\n+line TWO\n1\nOrchestrator agent\n", Rig.Repository.Read("told.txt"));
        Assert.Contains("line TWO", Rig.Repository.Read("hello.txt"), StringComparison.Ordinal);
        await Rig.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task The_image_has_the_agents_that_are_locked_and_what_they_work_with()
    {
        string[] agents = ["@openai/codex", "@anthropic-ai/claude-code", "@google/gemini-cli", "@github/copilot"];
        const string Script = """
            for agent in codex claude gemini copilot; do echo $($agent --version 2> /dev/null | head -1); done > versions.txt
            for program in curl gcc git node npm patch ps python3 rg sh socat; do command -v $program > /dev/null || echo no $program; done > missing.txt
            printf 'def test_one():\n    assert 1 + 1 == 2\n' > test_one.py
            python3 -m pytest -q -p no:cacheprovider test_one.py | tail -1 | cut -d ' ' -f 1,2 > tested.txt
            """;

        var result = await Rig.RunAsync(Rig.Configure(("probe", ShellProviders.Shell(Script))), "--verify", "true", "--provider", "probe");

        Assert.True(result.ExitCode == 0, result.ToString());
        using var package = JsonDocument.Parse(await File.ReadAllTextAsync(RepositoryRoot.Combine("tests", "agents", "package.json"), TestContext.Current.CancellationToken));
        var locked = agents.Select(agent => package.RootElement.GetProperty("dependencies").GetProperty(agent).GetString()!).ToList();
        var told = Rig.Repository.Read("versions.txt").TrimEnd().Split('\n');
        Assert.Equal(locked.Count, told.Length);
        Assert.All(locked.Zip(told), version => Assert.Contains(version.First, version.Second, StringComparison.Ordinal));
        Assert.Equal(("", "1 passed\n"), (Rig.Repository.Read("missing.txt"), Rig.Repository.Read("tested.txt")));
        await Rig.AssertNothingLeftAsync();
    }

    public ValueTask DisposeAsync() => _rig?.DisposeAsync() ?? ValueTask.CompletedTask;

    private JsonObject Agent(string name, string scenario) => new()
    {
        ["executable"] = name, // The image's.
        ["model"] = name switch { "claude" => "claude-sonnet-4-5", "gemini" => "gemini-2.5-pro", _ => "gpt-5.1-codex" },
        ["baseUrl"] = name is "codex" or "copilot" ? Rig.Models.BaseUrl(scenario) : $"http://127.0.0.1:{Rig.Models.Port}/s/{scenario}",
        ["apiKeySecret"] = Secret,
    };
}
