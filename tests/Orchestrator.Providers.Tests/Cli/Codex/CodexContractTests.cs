using Orchestrator.Providers.Cli.Contract;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Cli.Codex;

/// <summary>The real Codex CLI against the scripted model server.</summary>
[Trait("Engine", "Codex")]
public sealed class CodexContractTests : IAsyncLifetime
{
    private const string Key = "sk-marked-codex-key-4711";

    private FakeModels? _models;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private FakeModels Models => _models!;

    public async ValueTask InitializeAsync() => _models = await FakeModels.StartAsync(Token);

    public ValueTask DisposeAsync() => _models?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_edit_reaches_the_workspace_and_nothing_else(bool confine)
    {
        await using var host = Host("edit", confine);
        using var repository = HelloRepository.Create();
        await using var workspace = await host.Workspaces.CreateAsync(repository.Path, "exec-edit", cancellationToken: Token);
        await workspace.WatchRepositoryAsync(Token);

        var events = await host.ExecuteAsync(workspace, "Please change line two. FILE={workspace}/hello.txt", model: "gpt-5.1-codex");

        var result = Assert.IsType<AgentCompleted>(events[^1]).Result;
        Assert.Equal("Done: I changed line two of the file.", result.Summary);
        Assert.Equal((6170L, 0.0062m), (result.Usage.InputTokens, Math.Round(result.CostUsd!.Value, 4)));
        await AgentChecks.EditedOnlyTheWorkspaceAsync(workspace);
        Assert.Equal("", repository.Status());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_agents_shell_does_not_see_the_key_and_no_event_or_log_holds_it(bool useProxy)
    {
        await using var host = Host("envdump", useProxy: useProxy);
        using var repository = HelloRepository.Create();
        await using var workspace = await host.Workspaces.CreateAsync(repository.Path, "exec-env", cancellationToken: Token);

        var events = await host.ExecuteAsync(workspace, "Dump. FILE={workspace}/hello.txt");

        Assert.IsType<AgentCompleted>(events[^1]);
        await AgentChecks.KeyIsHiddenAsync(workspace, host, events, Models, Key);
    }

    [Theory]
    [InlineData("gpt-5.1-codex", true)]
    [InlineData("gpt-without-a-price", false)]
    public async Task The_money_of_an_execution_has_a_limit_also_for_a_model_without_a_price(string model, bool isPriced)
    {
        await using var host = Host("loop");
        using var repository = HelloRepository.Create();
        await using var workspace = await host.Workspaces.CreateAsync(repository.Path, "exec-money", cancellationToken: Token);

        var events = await host.ExecuteAsync(workspace, "Loop. FILE={workspace}/hello.txt", model: model, change: execution => execution with { BudgetUsd = 0.002m });

        var failure = Assert.IsType<AgentFailed>(events[^1]).Failure;

        Assert.Equal(FailureClass.Budget, failure.Class);
        Assert.Equal(isPriced, failure.CostUsd is >= 0.002m and <= 0.01m);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Programs_that_the_repository_names_run_only_when_they_are_allowed_but_its_instructions_are_read(bool allowed)
    {
        await using var host = Host("edit", allowRepositoryTools: allowed);

        var (_, marks) = await HostileRepository.RunAsync(host, $"codex-{allowed}", "Please change line two.");

        Assert.Equal(allowed ? ["codex_hook", "codex_mcp"] : [], marks);
        Assert.Contains("ZEBRA-AGENTS", Models.Log(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(HostileRepository.TasksLikeCommands), MemberType = typeof(HostileRepository))]
    public async Task A_task_that_looks_like_a_command_is_read_by_the_model_alone(string task)
    {
        await using var host = Host("noedit");

        await HostileRepository.IsReadByTheModelAloneAsync(host, "codex-command", task, Models);
    }

    [Fact]
    public async Task Health_tells_the_version()
    {
        await using var host = Host("edit");

        var health = await host.Provider.CheckHealthAsync(Token);

        Assert.Equal(HealthStatus.Healthy, health.Status);
        Assert.Contains("codex", health.Details["version"], StringComparison.Ordinal);
        Assert.Equal("inside", health.Details["version_is"]);
        Assert.Equal("present", health.Details["authentication"]);
        Assert.NotEmpty(health.Details["confinement"]);
    }

    private ProviderHost Host(string scenario, bool confine = true, bool useProxy = true, bool allowRepositoryTools = false) => AgentUnderTest.Named("codex").Host(Models, scenario, Key, options =>
    {
        (options.ConfineWrites, options.UseCredentialProxy, options.AllowRepositoryTools) = (confine, useProxy, allowRepositoryTools);
        options.Models = [new ModelDescriptor { Name = "gpt-5.1-codex", Prices = new TokenPrices { InputUsd = 1, CachedInputUsd = 0.1m, OutputUsd = 3.3m } }];
    });
}
