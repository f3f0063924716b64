using System.Runtime.Versioning;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Providers.Proxy;
using Orchestrator.Providers.Workspaces;
using Orchestrator.Secrets;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Cli;

/// <summary>What is told of the tokens of an agent that tells them with its last line only, and is stopped before it.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class StoppedUsageTests : IDisposable
{
    private const string Answer = "{\"usage\":{\"input_tokens\":1000000,\"output_tokens\":10}}";

    /// <summary>Tells how the model is reached, and works on once the test has asked the model in its place.</summary>
    private const string Asking = """
        #!/bin/sh
        echo '{"type":"assistant","message":{"id":"1","content":[{"type":"text","text":"'"$ANTHROPIC_API_KEY|$ANTHROPIC_BASE_URL"'"}]}}'
        while [ ! -e go ]; do sleep 0.05; done
        echo '{"type":"assistant","message":{"id":"1","content":[{"type":"tool_use","id":"t","name":"Bash","input":{"command":"ls"}}]}}'
        echo '{"type":"assistant","message":{"id":"1","content":[{"type":"tool_use","id":"u","name":"Bash","input":{"command":"ls"}}]}}'
        sleep 60
        """;

    private const string WritingItsFile = """
        #!/bin/sh
        while [ "$1" != --usage-output-file ]; do shift; done
        echo '{"modelMetrics":{"m":{"usage":{"inputTokens":1000000,"outputTokens":10}}}}' > "$2"
        echo '{"type":"assistant.message","data":{"content":"on it"}}'
        sleep 60
        """;

    private readonly GitRepository _repository = GitRepository.Init();
    private readonly TemporaryDirectory _folder = new();

    public StoppedUsageTests() => _repository.Commit("base");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _repository.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_the_proxy_counts_is_told_while_the_agent_works_and_the_rest_when_it_is_stopped()
    {
        await using var server = RawServer.Start((exchange, token) => exchange.AnswerAsync(Answer, token));
        await using var host = Host(Asking, (providers, program) => providers.AddClaude(options => Set(options, program, server.Root.ToString().TrimEnd('/'))));
        await using var workspace = await host.Workspaces.CreateAsync(_repository.Path, "stopped-e1", cancellationToken: Token);
        using var stop = new CancellationTokenSource();
        var calls = 0;

        var told = await RunAsync(host, workspace, Hear, stop.Token);

        Assert.Equal([(1_000_000, 3m), (2_000_000, 6m), (3_000_000, 9m)], told);

        async ValueTask Hear(AgentEvent happened)
        {
            switch (happened)
            {
                case AgentMessage { Text: var text }:
                    await AskAsync(text);
                    await File.WriteAllTextAsync(Path.Combine(workspace.Workspace.Directory, "go"), text, Token);
                    break;
                case AgentToolCall when ++calls == 2:
                    await AskAsync(await File.ReadAllTextAsync(Path.Combine(workspace.Workspace.Directory, "go"), Token));
                    break;
                case AgentUsageReported { Usage.InputTokens: 2_000_000 }:
                    await AskAsync(await File.ReadAllTextAsync(Path.Combine(workspace.Workspace.Directory, "go"), Token));
                    await stop.CancelAsync();
                    break;
            }
        }
    }

    [Fact]
    public async Task What_the_agent_wrote_of_its_tokens_is_told_when_it_is_stopped()
    {
        await using var host = Host(WritingItsFile, (providers, program) => providers.AddCopilot(options => Set(options, program, null)));
        await using var workspace = await host.Workspaces.CreateAsync(_repository.Path, "stopped-e1", cancellationToken: Token);
        using var stop = new CancellationTokenSource();

        var told = await RunAsync(host, workspace, happened => happened is AgentMessage ? new ValueTask(stop.CancelAsync()) : default, stop.Token);

        Assert.Equal([(1_000_000, 3m)], told);
    }

    private static void Set(AgentCliOptions options, string program, string? baseUrl)
    {
        (options.Executable, options.BaseUrl, options.Model) = (program, baseUrl, "m");
        options.Models = [new ModelDescriptor { Name = "m", Prices = new TokenPrices { InputUsd = 3 } }];
    }

    /// <summary>Runs until it is cancelled, and gives the tokens and costs that were told.</summary>
    private static async Task<List<(long, decimal?)>> RunAsync(ProviderHost host, GitWorkspace workspace, Func<AgentEvent, ValueTask> hear, CancellationToken stop)
    {
        var told = new List<(long, decimal?)>();
        var execution = new AgentExecution { Id = workspace.ExecutionId, Task = ProviderHost.Task(), Workspace = workspace.Workspace };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var happened in host.Provider.ExecuteAsync(execution, stop))
            {
                if (happened is AgentUsageReported { Usage.InputTokens: > 0 } usage)
                {
                    Assert.NotEqual(default, usage.At);
                    told.Add((usage.Usage.InputTokens, usage.CostUsd));
                }

                await hear(happened);
            }
        });
        return told;
    }

    /// <summary>Asks the model as the agent would.</summary>
    private static async Task AskAsync(string access)
    {
        var (key, url) = (access.Split('|')[0], new Uri(access.Split('|')[1]));
        using var client = await RawClient.ConnectAsync(url.ToString(), Token);
        await client.SendAsync($"POST /v1/messages HTTP/1.1\r\nHost: {url.Authority}\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}", Token);
        Assert.StartsWith("HTTP/1.1 200 ", await client.ReadAnswerAsync(Token), StringComparison.Ordinal);
    }

    private ProviderHost Host(string script, Action<IAgentProvidersBuilder, string> add)
    {
        var program = _folder.Combine("agent");
        File.WriteAllText(program, script + "\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        return new ProviderHost(providers => add(providers, program), new() { [SecretNames.Claude] = "sk-ant-marked-real-key-4711", ["COPILOT_GITHUB_TOKEN"] = "ghp-marked-real-key-4711" });
    }
}
