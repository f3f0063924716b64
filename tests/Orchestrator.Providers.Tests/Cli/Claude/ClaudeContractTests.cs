using Orchestrator.Providers.Cli.Contract;
using Orchestrator.Providers.Workspaces;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Cli.Claude;

/// <summary>The real Claude Code against the scripted model server.</summary>
[Trait("Engine", "Claude")]
public sealed class ClaudeContractTests : IAsyncLifetime
{
    private const string Key = "sk-ant-marked-claude-key-4711";
    private const string Model = "claude-sonnet-4-5-20250929";
    private const string Prompt = "Please change line two. FILE={workspace}/hello.txt";

    private readonly GitRepository _repository = GitRepository.Init();
    private FakeModels? _models;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private FakeModels Models => _models!;

    public async ValueTask InitializeAsync()
    {
        _repository.Write("hello.txt", "line one\nline two\nline three\n");
        _models = await FakeModels.StartAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        await (_models?.DisposeAsync() ?? ValueTask.CompletedTask);
        _repository.Dispose();
    }

    [Theory]
    [InlineData("edit")]
    [InlineData("e429once")]
    public async Task An_edit_reaches_the_workspace_and_nothing_else(string scenario)
    {
        await using var host = Host(scenario);
        await using var workspace = await CreateAsync(host, "claude-" + scenario);
        await workspace.WatchRepositoryAsync(Token);

        var events = await host.ExecuteAsync(workspace, Prompt);

        var result = Assert.IsType<AgentCompleted>(events[^1]).Result;
        Assert.Equal("Done: I changed line two of the file.", result.Summary);
        Assert.Equal((7220L, 0), (result.Usage.InputTokens, result.RefusedTools));
        Assert.True(result.CostUsd > 0);
        Assert.Equal(result.SessionId, Assert.Single(events.OfType<AgentStarted>()).SessionId);
        await AgentChecks.EditedOnlyTheWorkspaceAsync(workspace);
    }

    [Fact]
    public async Task The_agents_shell_does_not_see_the_real_key_and_no_event_or_log_holds_it()
    {
        await using var host = Host("envdump");
        await using var workspace = await CreateAsync(host, "claude-env");

        var events = await host.ExecuteAsync(workspace, Prompt);

        Assert.IsType<AgentCompleted>(events[^1]);
        await AgentChecks.KeyIsHiddenAsync(workspace, host, events, Models, Key);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Programs_that_the_repository_names_run_only_when_they_are_allowed_but_its_instructions_are_read(bool allowed)
    {
        await using var host = Host("edit", options => options.AllowRepositoryTools = allowed);

        var (_, marks) = await HostileRepository.RunAsync(host, $"claude-{allowed}", "Please change line two.");

        Assert.Equal(allowed ? ["claude_hook", "mcp"] : [], marks);
        Assert.Contains("ZEBRA-CLAUDE", Models.Log(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(HostileRepository.TasksLikeCommands), MemberType = typeof(HostileRepository))]
    public async Task A_task_that_looks_like_a_command_is_read_by_the_model_alone(string task)
    {
        await using var host = Host("noedit", options => options.AllowRepositoryTools = true);

        var (result, marks) = await HostileRepository.RunAsync(host, "claude-command", task);

        Assert.True(result.Usage.InputTokens > 0);
        Assert.DoesNotContain(marks, mark => mark is "claude_command" or "bang");
        Assert.Contains("Task: " + task, Models.Log(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_repositorys_instructions_are_read_in_a_folder_with_blanks_and_signs()
    {
        _repository.Write("CLAUDE.md", "RULE-OF-THE-HOUSE-77\n");
        _repository.Write(".claude/CLAUDE.md", "RULE-OF-THE-HOUSE-88\n");
        await using var host = AgentUnderTest.Named("claude").Host(Models, "noedit", Key, options => options.Model = Model, workspaceFolder: "work spaces ü #1");
        await using var workspace = await CreateAsync(host, $"claude-blanks-{Environment.ProcessId}");

        Assert.IsType<AgentCompleted>((await host.ExecuteAsync(workspace, "Say hello. FILE=/nowhere/hello.txt"))[^1]);
        Assert.Contains("RULE-OF-THE-HOUSE-77", Models.Log(), StringComparison.Ordinal);
        Assert.Contains("RULE-OF-THE-HOUSE-88", Models.Log(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Turns_and_money_have_their_limits()
    {
        await using var turns = Host("loop", options => options.MaxTurns = 2);
        await using var money = Host("loop");
        await using var first = await CreateAsync(turns, "claude-turns");
        await using var second = await CreateAsync(money, "claude-money");

        var afterTurns = await turns.ExecuteAsync(first, Prompt);
        var afterMoney = await money.ExecuteAsync(second, Prompt, change: execution => execution with { BudgetUsd = 0.02m });

        Assert.Equal(FailureClass.TurnLimit, Assert.IsType<AgentFailed>(afterTurns[^1]).Failure.Class);
        Assert.Equal(FailureClass.Budget, Assert.IsType<AgentFailed>(afterMoney[^1]).Failure.Class);
    }

    [Fact]
    public async Task A_session_is_continued_in_its_workspace()
    {
        await using var host = Host("noedit");
        await using var workspace = await CreateAsync(host, "claude-resume");
        var first = Assert.IsType<AgentCompleted>((await host.ExecuteAsync(workspace, "Remember WORD-OF-THE-DAY. FILE={workspace}/hello.txt"))[^1]).Result;

        var second = Assert.IsType<AgentCompleted>((await host.ExecuteAsync(workspace, Prompt, change: execution => execution with { SessionId = first.SessionId }))[^1]).Result;

        Assert.Equal(first.SessionId, second.SessionId);
        Assert.Equal(first.Usage.InputTokens, second.Usage.InputTokens); // Of this run alone.
        Assert.Contains("WORD-OF-THE-DAY", Models.Log().TrimEnd().Split('\n').Last(line => line.Contains("\"messages\"", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_tells_the_version_that_was_tested()
    {
        await using var host = Host("edit");

        var health = await host.Provider.CheckHealthAsync(Token);

        Assert.Equal(HealthStatus.Healthy, health.Status);
        Assert.Equal("inside", health.Details["version_is"]);
        Assert.Contains(health.Details["version"].Split(' ')[0], health.Details["tested"], StringComparison.Ordinal);
    }

    private Task<GitWorkspace> CreateAsync(ProviderHost host, string id)
    {
        _repository.Commit("base");
        return host.Workspaces.CreateAsync(_repository.Path, id, cancellationToken: Token).AsTask();
    }

    private ProviderHost Host(string scenario, Action<AgentCliOptions>? configure = null) => AgentUnderTest.Named("claude").Host(Models, scenario, Key, options =>
    {
        options.Model = Model;
        configure?.Invoke(options);
    });
}
