using Orchestrator.Providers.Cli.Contract;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Cli.Gemini;

/// <summary>The real Gemini CLI against the scripted model server.</summary>
[Trait("Engine", "Gemini")]
public sealed class GeminiContractTests : IAsyncLifetime
{
    private const string Key = "AIza-marked-gemini-key-4711";

    private FakeModels? _models;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private FakeModels Models => _models!;

    public async ValueTask InitializeAsync() => _models = await FakeModels.StartAsync(Token);

    public ValueTask DisposeAsync() => _models?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_edit_reaches_the_workspace_and_nothing_else(bool allowRepositoryTools)
    {
        await using var host = Host("edit", options => options.AllowRepositoryTools = allowRepositoryTools);
        using var repository = HelloRepository.Create();
        await using var workspace = await host.Workspaces.CreateAsync(repository.Path, "gemini-edit", cancellationToken: Token);
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
        await using var workspace = await host.Workspaces.CreateAsync(repository.Path, "gemini-env", cancellationToken: Token);

        var events = await host.ExecuteAsync(workspace, "Dump. FILE={workspace}/hello.txt");

        Assert.IsType<AgentCompleted>(events[^1]);
        await AgentChecks.KeyIsHiddenAsync(workspace, host, events, Models, Key);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Programs_that_the_repository_names_run_only_when_they_are_allowed_but_its_instructions_are_read(bool allowed)
    {
        await using var host = Host("edit", options => options.AllowRepositoryTools = allowed);

        var (_, marks) = await HostileRepository.RunAsync(host, $"gemini-{allowed}", "Please change line two.");

        Assert.Equal(allowed ? ["gemini_discovery", "gemini_hook", "gemini_mcp"] : [], marks);
        Assert.Contains("ZEBRA-GEMINI", Models.Log(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(HostileRepository.TasksLikeCommands), MemberType = typeof(HostileRepository))]
    public async Task A_task_that_looks_like_a_command_is_read_by_the_model_alone(string task)
    {
        await using var host = Host("noedit");

        await HostileRepository.IsReadByTheModelAloneAsync(host, "gemini-command", task, Models);
    }

    [Fact]
    public async Task Turns_have_a_limit()
    {
        await using var host = Host("loop", options => options.MaxTurns = 3);
        using var repository = HelloRepository.Create();
        await using var workspace = await host.Workspaces.CreateAsync(repository.Path, "gemini-loop", cancellationToken: Token);

        var events = await host.ExecuteAsync(workspace, "Loop. FILE={workspace}/hello.txt");

        Assert.Equal(FailureClass.TurnLimit, Assert.IsType<AgentFailed>(events[^1]).Failure.Class);
    }

    [Fact]
    public async Task Health_tells_the_version_that_the_tests_run_against()
    {
        await using var host = Host("edit");

        await AgentChecks.IsTheTestedVersionAsync(host, GeminiProfile.Create());
    }

    private ProviderHost Host(string scenario, Action<AgentCliOptions>? configure = null) => AgentUnderTest.Named("gemini").Host(Models, scenario, Key, options =>
    {
        options.Models = [new ModelDescriptor { Name = "gemini-2.5-pro", Prices = new TokenPrices { InputUsd = 1, CachedInputUsd = 0.1m, OutputUsd = 3.3m } }];
        configure?.Invoke(options);
    });
}
