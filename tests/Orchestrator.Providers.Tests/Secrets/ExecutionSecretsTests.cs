using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Providers;
using Orchestrator.Providers.Workspaces;
using Orchestrator.Testing;

namespace Orchestrator.Secrets;

/// <summary>What a task orders for a provider's program beside what the provider gives it.</summary>
public sealed class ExecutionSecretsTests : IDisposable
{
    private const string Value = "ordered-secret-value";

    private readonly TemporaryDirectory _folder = new();
    private readonly GitRepository _repository = GitRepository.Init();

    public ExecutionSecretsTests()
    {
        _repository.Write("a.txt", "a\n");
        _repository.Commit("base");
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _repository.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_agent_CLI_gets_the_ordered_arguments_last_and_the_ordered_secret_in_its_environment()
    {
        await using var host = Host(providers => providers.AddClaude(options => (options.Executable, options.ApiKeySecret) = (Program(), SecretNames.Codex)));
        await using var workspace = await host.Workspaces.CreateAsync(_repository.Path, "secrets-e1", cancellationToken: Token);

        await RunAsync(host, workspace, ["REGISTRY_TOKEN"], ["--ordered", "two words"]);

        Assert.Equal("--ordered|two words|20", File.ReadAllText(Path.Combine(workspace.Workspace.Directory, "seen")).Trim());
    }

    [Fact]
    public async Task A_command_gets_them_too()
    {
        await using var host = Host(providers => providers.AddCommand("tool", options => (options.Executable, options.Arguments) = (Program(), ["first"])));
        await using var workspace = await host.Workspaces.CreateAsync(_repository.Path, "secrets-e1", cancellationToken: Token);

        await RunAsync(host, workspace, ["REGISTRY_TOKEN"], ["--ordered", "two words"]);

        Assert.Equal("--ordered|two words|20", File.ReadAllText(Path.Combine(workspace.Workspace.Directory, "seen")).Trim());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_ordered_secret_that_nobody_knows_ends_the_execution_before_it_starts(bool cli)
    {
        await using var host = Host(providers => _ = cli ? providers.AddCodex(options => options.Executable = Program()) : providers.AddCommand("tool", options => options.Executable = Program()));
        await using var workspace = await host.Workspaces.CreateAsync(_repository.Path, "secrets-e1", cancellationToken: Token);

        var failed = Assert.IsType<AgentFailed>(Assert.Single(await RunAsync(host, workspace, ["NOBODY_KNOWS"], [])));

        Assert.Equal(FailureClass.Authentication, failed.Failure.Class);
        Assert.Contains("NOBODY_KNOWS", failed.Failure.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(workspace.Workspace.Directory, "seen")));
    }

    private static ProviderHost Host(Action<IAgentProvidersBuilder> configure) =>
        new(configure, new() { [SecretNames.Codex] = "codex-key-value", ["REGISTRY_TOKEN"] = Value });

    private static async Task<List<AgentEvent>> RunAsync(ProviderHost host, GitWorkspace workspace, ValueList<string> secrets, ValueList<string> arguments)
    {
        var execution = new AgentExecution { Id = "secrets-e1", Task = ProviderHost.Task(), Workspace = workspace.Workspace, SecretNames = secrets, Arguments = arguments };
        var events = new List<AgentEvent>();
        await foreach (var happened in host.Provider.ExecuteAsync(execution, Token))
        {
            events.Add(happened);
        }

        Assert.DoesNotContain(Value, string.Join('\n', events.Select(happened => happened.ToString()).Concat(host.Logs.Entries.Select(entry => entry.Message))), StringComparison.Ordinal);
        return events;
    }

    private string Program()
    {
        var program = _folder.Write("program", "#!/bin/bash\necho \"${@: -2:1}|${@: -1}|${#REGISTRY_TOKEN}\" > seen\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return program;
    }
}
