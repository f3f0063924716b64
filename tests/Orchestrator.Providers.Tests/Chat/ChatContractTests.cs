using System.Text;
using Anthropic;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Providers.Chat.Completions;
using Orchestrator.Secrets;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Chat;

/// <summary>The agent over real clients, the Anthropic package's and our own, against the scripted model server.</summary>
public sealed class ChatContractTests(ModelServer server) : IClassFixture<ModelServer>, IDisposable
{
    private const string Key = "sk-marked-chat-key-4711";

    private readonly HttpClient _http = new();

    public enum Wire
    {
        Anthropic,
        Completions,
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private FakeModels Models => server.Models;

    public void Dispose() => _http.Dispose();

    [Theory]
    [InlineData(Wire.Anthropic, 3)]
    [InlineData(Wire.Completions, 3)]
    public async Task An_edit_reaches_the_workspace_and_nothing_else(Wire wire, int edits)
    {
        await using var host = Host(wire, "edit");
        using var repository = Repository();
        await using var workspace = await host.Workspaces.CreateAsync(repository.Path, "exec-edit", cancellationToken: Token);
        await workspace.WatchRepositoryAsync(Token);

        var events = await host.ExecuteAsync(workspace, "Please change line two. FILE={workspace}/hello.txt", model: "fake-model");

        var result = Assert.IsType<AgentCompleted>(events[^1]).Result;
        Assert.Equal("Done: I changed line two of the file.", result.Summary);
        Assert.Equal(edits, events.OfType<AgentToolCall>().Count(call => call.Succeeded == true));
        Assert.Equal(4 * 56, result.Usage.OutputTokens);
        Assert.Equal(4 * 200, result.Usage.CachedInputTokens);
        Assert.Equal(wire == Wire.Anthropic ? 4 * (1234 + 200 + 10) : 4 * 1234, result.Usage.InputTokens);
        Assert.Equal(wire == Wire.Anthropic ? 4 * 10 : 0, result.Usage.CacheWriteTokens);
        Assert.NotNull(result.CostUsd);
        var changes = await workspace.CollectAsync(Token);
        Assert.Equal(["hello.txt", "new_by_agent.txt"], changes.Paths.Order());
        Assert.Contains("+line two CHANGED BY AGENT", Encoding.UTF8.GetString(changes.Diff.Span), StringComparison.Ordinal);
        Assert.False((await workspace.FindEscapesAsync(Token)).Any);
        Assert.Equal("", repository.Status());
        Assert.DoesNotContain(Key, host.Logs.AllText() + string.Join('\n', events), StringComparison.Ordinal);
        Assert.Contains(Key, Models.Log(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Wire.Anthropic, "e401", FailureClass.Authentication)]
    [InlineData(Wire.Anthropic, "e403", FailureClass.Authentication)]
    [InlineData(Wire.Anthropic, "e429", FailureClass.RateLimited)]
    [InlineData(Wire.Anthropic, "quota", FailureClass.Quota)]
    [InlineData(Wire.Anthropic, "e500", FailureClass.ProviderError)]
    [InlineData(Wire.Anthropic, "e529", FailureClass.ProviderError)]
    [InlineData(Wire.Anthropic, "e400ctx", FailureClass.ContextTooLong)]
    [InlineData(Wire.Anthropic, "drop", FailureClass.Protocol)]
    [InlineData(Wire.Anthropic, "loop", FailureClass.TurnLimit)]
    [InlineData(Wire.Completions, "e401", FailureClass.Authentication)]
    [InlineData(Wire.Completions, "e403", FailureClass.Authentication)]
    [InlineData(Wire.Completions, "e429", FailureClass.RateLimited)]
    [InlineData(Wire.Completions, "quota", FailureClass.Quota)]
    [InlineData(Wire.Completions, "e500", FailureClass.ProviderError)]
    [InlineData(Wire.Completions, "e529", FailureClass.ProviderError)]
    [InlineData(Wire.Completions, "e400ctx", FailureClass.ContextTooLong)]
    [InlineData(Wire.Completions, "drop", FailureClass.Protocol)]
    [InlineData(Wire.Completions, "loop", FailureClass.TurnLimit)]
    public async Task A_failure_of_the_service_has_its_class(Wire wire, string scenario, FailureClass expected)
    {
        await using var host = Host(wire, scenario);
        using var repository = Repository();
        await using var workspace = await host.Workspaces.CreateAsync(repository.Path, "exec-" + scenario, cancellationToken: Token);

        var events = await host.ExecuteAsync(workspace, "Please change line two. FILE={workspace}/hello.txt", model: "fake-model");

        var failure = Assert.IsType<AgentFailed>(events[^1]).Failure;
        Assert.True(expected == failure.Class, failure.ToString());
        Assert.Single(events, happened => happened is AgentFailed or AgentCompleted);
        Assert.True((await workspace.CollectAsync(Token)).IsEmpty);
    }

    [Theory]
    [InlineData(Wire.Anthropic, "hang")]
    [InlineData(Wire.Anthropic, "stall")]
    [InlineData(Wire.Completions, "hang")]
    [InlineData(Wire.Completions, "stall")]
    public async Task A_server_that_falls_silent_is_left(Wire wire, string scenario)
    {
        await using var host = Host(wire, scenario);
        using var repository = Repository();
        await using var workspace = await host.Workspaces.CreateAsync(repository.Path, "exec-" + scenario, cancellationToken: Token);

        var events = await host.ExecuteAsync(workspace, "Look. FILE={workspace}/hello.txt", new AgentTimeLimits { Idle = TimeSpan.FromMilliseconds(700) }, "fake-model");

        Assert.Equal(FailureClass.IdleTimeout, Assert.IsType<AgentFailed>(events[^1]).Failure.Class);
    }

    [Theory]
    [InlineData(Wire.Anthropic, "noedit")]
    [InlineData(Wire.Anthropic, "badtool")]
    [InlineData(Wire.Completions, "noedit")]
    [InlineData(Wire.Completions, "badtool")]
    public async Task An_agent_that_changes_nothing_completes_and_the_diff_is_empty(Wire wire, string scenario)
    {
        await using var host = Host(wire, scenario);
        using var repository = Repository();
        await using var workspace = await host.Workspaces.CreateAsync(repository.Path, "exec-" + scenario, cancellationToken: Token);

        var events = await host.ExecuteAsync(workspace, "Look at FILE={workspace}/hello.txt", model: "fake-model");

        Assert.IsType<AgentCompleted>(events[^1]);
        Assert.True((await workspace.CollectAsync(Token)).IsEmpty);
    }

    [Fact]
    public async Task A_server_that_fails_once_is_asked_again()
    {
        await using var host = Host(Wire.Completions, "e500once", retries: 1);
        using var repository = Repository();
        await using var workspace = await host.Workspaces.CreateAsync(repository.Path, "exec-once", cancellationToken: Token);

        var events = await host.ExecuteAsync(workspace, "Please change line two. FILE={workspace}/hello.txt", model: "fake-model");

        Assert.IsType<AgentCompleted>(events[^1]);
        Assert.Equal(["hello.txt", "new_by_agent.txt"], (await workspace.CollectAsync(Token)).Paths.Order());
    }

    [Theory]
    [InlineData(Wire.Anthropic)]
    [InlineData(Wire.Completions)]
    public async Task A_server_that_is_not_there_is_unavailable(Wire wire)
    {
        await using var host = Host(wire, "edit", $"http://127.0.0.1:{FreePorts.Next()}");
        using var repository = Repository();
        await using var workspace = await host.Workspaces.CreateAsync(repository.Path, "exec-away", cancellationToken: Token);

        var failure = Assert.IsType<AgentFailed>((await host.ExecuteAsync(workspace, model: "fake-model"))[^1]).Failure;

        Assert.True(failure.Class == FailureClass.Unavailable, failure.ToString());
    }

    private static GitRepository Repository()
    {
        var repository = GitRepository.Init();
        repository.Write("hello.txt", "line one\nline two\nline three\n");
        repository.Commit("base");
        return repository;
    }

    private ProviderHost Host(Wire wire, string scenario, string? address = null, int retries = 0)
    {
        var baseUrl = address ?? Models.BaseUrl(scenario)[..^"/v1".Length];
        return new ProviderHost(
            providers =>
            {
                providers.Services.AddPatchManager();
                providers.AddChatAgent("chat", _ => Client(wire, baseUrl), options =>
                {
                    options.RequestRetries = retries;
                    options.SecretNames = [SecretNames.Claude];
                    options.Models = [new ModelDescriptor { Name = "fake-model", Prices = new TokenPrices { InputUsd = 1, CachedInputUsd = 0.1m, OutputUsd = 3 } }];
                });
            },
            new Dictionary<string, string> { [SecretNames.Claude] = Key },
            workspaceFolder: "workspaces"); // The scripted server reads FILE= up to the first blank.
    }

    private IChatClient Client(Wire wire, string baseUrl) => wire == Wire.Anthropic
        ? new AnthropicClient { ApiKey = Key, BaseUrl = baseUrl, MaxRetries = 0 }.AsIChatClient("fake-model")
        : new ChatCompletionsClient(_http, new Uri(baseUrl + "/v1"), "fake-model", new SecretValue(Key));
}
