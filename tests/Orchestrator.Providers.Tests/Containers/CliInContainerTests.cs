using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Containers;
using Orchestrator.Providers.Cli;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Containers;

/// <summary>How an agent CLI in a container is led to its model.</summary>
public sealed class CliInContainerTests : IAsyncDisposable
{
    private const string Key = "sk-marked-cli-key-4711-0123456789";

    private const string Answer = """
        {"type":"thread.started","thread_id":"0199a213-81c0-7800-8aa1-bbab2a035a53"}
        {"type":"turn.completed","usage":{"input_tokens":1000000,"cached_input_tokens":0,"output_tokens":0}}
        """;

    private readonly ScriptedContainers _containers = new();
    private readonly GitRepository _repository = GitRepository.Init();
    private ProviderHost? _host;

    public CliInContainerTests()
    {
        _repository.Write("hello.txt", "hello\n");
        _repository.Commit("Begin");
    }

    [Fact]
    public async Task The_forwarder_listens_before_the_agent_is_started_and_ends_with_it()
    {
        var forwarderEnded = false;
        _containers.Command = (command, token) => command.Command.Executable == "socat" ? ForwardAsync(token) : ScriptedContainers.Lines(1);

        await ExecuteAsync(static _ => { });

        var commands = _containers.Commands.ToList();
        Assert.Equal(["socat", "codex"], commands.Select(command => command.Command.Executable));
        Assert.Contains(commands[0].Command.Arguments, word => word.StartsWith("UNIX-CONNECT:", StringComparison.Ordinal) && word.EndsWith(ScriptedContainers.Instance + "/proxy", StringComparison.Ordinal));
        Assert.Contains(commands[1].Command.Arguments, word => word.Contains("http://127.0.0.1:8484/", StringComparison.Ordinal));
        Assert.DoesNotContain(commands, command => command.Environment.Concat(command.Secrets.Select(secret => KeyValuePair.Create(secret.Key, secret.Value.Reveal()))).Any(variable => variable.Value == Key));
        Assert.True(forwarderEnded);

        async IAsyncEnumerable<ContainerOutput> ForwardAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token)
        {
            yield return new ContainerOutput("socat[7] N listening on AF=2 127.0.0.1:8484", IsError: true);
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            }
            finally
            {
                forwarderEnded = true;
            }
        }
    }

    [Fact]
    public async Task An_image_without_the_forwarder_is_told_and_no_agent_is_started()
    {
        _containers.Command = static (_, _) => ScriptedContainers.Lines(127, "no such program");

        var failed = Assert.IsType<AgentFailed>((await ExecuteAsync(static _ => { }))[^1]);

        Assert.Equal(FailureClass.Unavailable, failed.Failure.Class);
        Assert.Contains("no such program", failed.Failure.Message, StringComparison.Ordinal);
        Assert.Single(_containers.Commands);
    }

    [Fact]
    public async Task Without_the_proxy_and_without_a_network_there_is_no_way_to_the_model()
    {
        var failed = Assert.IsType<AgentFailed>((await ExecuteAsync(static options => options.UseCredentialProxy = false))[^1]);

        Assert.Equal(FailureClass.Configuration, failed.Failure.Class);
        Assert.Empty(_containers.Commands);
    }

    [Fact]
    public async Task With_a_network_the_key_goes_to_the_agents_command_alone()
    {
        _containers.Command = static (_, _) => ScriptedContainers.Lines(1);

        await ExecuteAsync(static options => options.UseCredentialProxy = false, hasNetwork: true);

        var command = Assert.Single(_containers.Commands);
        Assert.Equal(Key, command.Secrets["CODEX_API_KEY"].Reveal());
        Assert.False(command.Environment.ContainsKey("CODEX_API_KEY"));
    }

    [Fact]
    public async Task What_the_container_costs_is_added_to_what_the_tokens_cost()
    {
        (_containers.CostUsd, _containers.FinalCostUsd) = (0.25m, 0.75m);
        _containers.Command = static (_, _) => ScriptedContainers.Lines(0, Answer.Split('\n'));

        var events = await ExecuteAsync(Priced, hasNetwork: true);

        var completed = Assert.IsType<AgentCompleted>(events[^1]);
        Assert.Equal(1.75m, completed.Result.CostUsd); // a million tokens, and the lease to its end
        Assert.Equal(1.25m, Assert.Single(events.OfType<AgentUsageReported>()).CostUsd); // while it went on
        Assert.Equal(1_000_000, completed.Result.Usage.InputTokens);
    }

    [Fact]
    public async Task A_failure_costs_its_container_too()
    {
        _containers.FinalCostUsd = 0.75m;
        _containers.Command = static (_, _) => ScriptedContainers.Lines(1, Answer.Split('\n'));

        var failed = Assert.IsType<AgentFailed>((await ExecuteAsync(Priced, hasNetwork: true))[^1]);

        Assert.Equal(1.75m, failed.Failure.CostUsd);
    }

    [Fact]
    public async Task A_cost_that_is_not_known_does_not_become_known_by_the_container()
    {
        (_containers.CostUsd, _containers.FinalCostUsd) = (0.25m, 0.75m);
        _containers.Command = static (_, _) => ScriptedContainers.Lines(0, Answer.Split('\n'));

        var events = await ExecuteAsync(static options => options.UseCredentialProxy = false, hasNetwork: true);

        Assert.Null(Assert.IsType<AgentCompleted>(events[^1]).Result.CostUsd);
        Assert.Null(Assert.Single(events.OfType<AgentUsageReported>()).CostUsd);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(2, 3)]
    public async Task Of_an_execution_that_is_cancelled_the_time_after_its_last_word_is_told(int later, int last)
    {
        using var cancelling = new CancellationTokenSource();
        _containers.Command = (_, token) => _containers.Endless(token, Answer.Split('\n'));
        var told = new List<decimal?>();
        var host = _host = CreateHost(Priced, hasNetwork: true);
        ContainerShares.Make(Path.Combine(host.Folder.Path, "c", ScriptedContainers.Instance));
        await using var workspace = await host.Workspaces.CreateAsync(_repository.Path, "exec-1", cancellationToken: TestContext.Current.CancellationToken);
        var execution = new AgentExecution { Id = "exec-1", Task = ProviderHost.Task(), Workspace = workspace.Workspace };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var happened in host.Provider.ExecuteAsync(execution, cancelling.Token))
            {
                if (happened is AgentUsageReported usage)
                {
                    told.Add(usage.CostUsd);
                    _containers.CostUsd = later;
                    await cancelling.CancelAsync();
                }
            }
        });

        Assert.Equal(later == 0 ? [1m] : [1m, last], told);
    }

    [Fact]
    public async Task Without_the_pool_the_provider_is_unhealthy()
    {
        _containers.HasPool = false;
        await using var host = CreateHost(static _ => { }, hasNetwork: false);

        var health = await host.Provider.CheckHealthAsync(TestContext.Current.CancellationToken);

        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.Contains("agents", health.Message, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        _repository.Dispose();
    }

    private static void Priced(AgentCliOptions options) =>
        (options.UseCredentialProxy, options.Model, options.Models) = (false, "m", [new ModelDescriptor { Name = "m", Prices = new TokenPrices { InputUsd = 1 } }]);

    private async Task<List<AgentEvent>> ExecuteAsync(Action<AgentCliOptions> configure, bool hasNetwork = false)
    {
        _host = CreateHost(configure, hasNetwork);
        ContainerShares.Make(Path.Combine(_host.Folder.Path, "c", ScriptedContainers.Instance));
        await using var workspace = await _host.Workspaces.CreateAsync(_repository.Path, "exec-1", cancellationToken: TestContext.Current.CancellationToken);
        return await _host.ExecuteAsync(workspace);
    }

    private ProviderHost CreateHost(Action<AgentCliOptions> configure, bool hasNetwork)
    {
        ProviderHost? host = null;
        host = new ProviderHost(
            builder =>
            {
                builder.Services.AddSingleton<IContainerBalancer>(_containers).AddSingleton<IContainerEngine>(_containers);
                builder.UseContainers(options => (options.Pool, options.Directory, options.HasNetwork) = ("agents", Path.Combine(host!.Folder.Path, "c", "{instance}"), hasNetwork));
                builder.AddCodex(configure);
            },
            new Dictionary<string, string> { ["CODEX_API_KEY"] = Key });
        return host;
    }
}
