using Orchestrator.Providers.Cli.Contract;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Cli.Copilot;

/// <summary>The real Copilot CLI with a model of its own choice, against the scripted model server. With GitHub as its model it cannot be tested: it asks GitHub first.</summary>
[Trait("Engine", "Copilot")]
public sealed class CopilotContractTests : IAsyncLifetime
{
    private const string Key = "sk-marked-copilot-key-4711";

    private FakeModels? _models;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private FakeModels Models => _models!;

    public async ValueTask InitializeAsync() => _models = await FakeModels.StartAsync(Token);

    public ValueTask DisposeAsync() => _models?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Theory]
    [InlineData("gpt-4.1")]
    [InlineData("gpt-5.1-codex")]
    public async Task An_edit_reaches_the_workspace_and_nothing_else(string model)
    {
        await using var host = Host("edit", options => options.Model = model);
        using var repository = HelloRepository.Create();
        await using var workspace = await host.Workspaces.CreateAsync(repository.Path, "copilot-edit", cancellationToken: Token);
        await workspace.WatchRepositoryAsync(Token);

        var events = await host.ExecuteAsync(workspace, "Please change line two. FILE={workspace}/hello.txt");

        var result = Assert.IsType<AgentCompleted>(events[^1]).Result;
        Assert.Equal("Done: I changed line two of the file.", result.Summary);
        Assert.Equal((6170L, 1000L, 280L), (result.Usage.InputTokens, result.Usage.CachedInputTokens, result.Usage.OutputTokens));
        Assert.Equal(0.0062m, Math.Round(result.CostUsd!.Value, 4));
        await AgentChecks.EditedOnlyTheWorkspaceAsync(workspace);
        Assert.Equal("", repository.Status());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_agents_shell_does_not_see_the_key_and_no_event_or_log_holds_it(bool useProxy)
    {
        await using var host = Host("envdump", options => options.UseCredentialProxy = useProxy);
        using var repository = HelloRepository.Create();
        await using var workspace = await host.Workspaces.CreateAsync(repository.Path, "copilot-env", cancellationToken: Token);

        var events = await host.ExecuteAsync(workspace, "Dump. FILE={workspace}/hello.txt");

        Assert.IsType<AgentCompleted>(events[^1]);
        await AgentChecks.KeyIsHiddenAsync(workspace, host, events, Models, Key);
    }

    [Fact]
    public async Task Programs_that_the_repository_names_are_not_run_but_its_instructions_are_read()
    {
        await using var host = Host("edit");
        using var repository = HelloRepository.Create();
        using var marks = new TemporaryDirectory();
        var hook = $$"""[{ "type": "command", "bash": "touch {{marks.Path}}/hook" }]""";
        var servers = $$"""{ "mcpServers": { "evil": { "type": "local", "tools": ["*"], "command": "touch", "args": ["{{marks.Path}}/mcp"] } } }""";
        repository.Write(".github/hooks/evil.json", $$"""{ "version": 1, "hooks": { "sessionStart": {{hook}}, "preToolUse": {{hook}} } }""");
        repository.Write(".github/copilot/settings.json", $$"""{ "hooks": { "sessionStart": {{hook}} } }""");
        repository.Write(".mcp.json", servers);
        repository.Write(".github/mcp.json", servers);
        repository.Write("AGENTS.md", "The word of the day is ZEBRA-8812.\n");
        repository.Commit("hostile");
        await using var workspace = await host.Workspaces.CreateAsync(repository.Path, "copilot-hostile", cancellationToken: Token);

        var events = await host.ExecuteAsync(workspace, "Please change line two. FILE={workspace}/hello.txt");

        Assert.IsType<AgentCompleted>(events[^1]);
        Assert.Empty(Directory.GetFileSystemEntries(marks.Path));
        Assert.Contains("ZEBRA-8812", Models.Log(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_tells_the_version_that_the_tests_run_against()
    {
        await using var host = Host("edit");

        var health = await host.Provider.CheckHealthAsync(Token);

        Assert.Equal(HealthStatus.Healthy, health.Status);
        Assert.Contains(CopilotProfile.Create().TestedVersion!, health.Details["version"], StringComparison.Ordinal);
    }

    private ProviderHost Host(string scenario, Action<AgentCliOptions>? configure = null) => AgentUnderTest.Named("copilot").Host(Models, scenario, Key, options =>
    {
        options.Model = "gpt-4.1";
        options.Models = [.. ((string[])["gpt-4.1", "gpt-5.1-codex"]).Select(name => new ModelDescriptor { Name = name, ContextWindow = 128_000, Prices = new TokenPrices { InputUsd = 1, CachedInputUsd = 0.1m, OutputUsd = 3.3m } })];
        configure?.Invoke(options);
    });
}
