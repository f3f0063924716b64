using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Providers;
using Orchestrator.Providers.Chat;
using Orchestrator.Testing;

namespace Orchestrator.Secrets;

/// <summary>A source of secrets that is not trusted fails the attempt: another provider, which needs no secret, can still do the task.</summary>
public sealed class RefusedSecretSourceTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_command_is_not_started(bool ordered)
    {
        await using var host = new ProviderHost(providers => providers.AddSecretFile(OpenFile()).AddCommand("tool", options =>
        {
            options.Executable = "true";
            options.SecretNames = ordered ? [] : ["TOOL_KEY"];
        }));

        var failure = await FailAsync(host, execution => execution with { SecretNames = ordered ? ["TOOL_KEY"] : [] });
        var health = await host.Provider.CheckHealthAsync(TestContext.Current.CancellationToken);

        Assert.Equal(FailureClass.Configuration, failure.Class);
        Assert.Contains("chmod 600", failure.Message, StringComparison.Ordinal);
        Assert.Equal(ordered ? HealthStatus.Healthy : HealthStatus.Unhealthy, health.Status);
    }

    [Fact]
    public async Task A_chat_agent_is_not_started()
    {
        await using var host = new ProviderHost(providers =>
        {
            providers.Services.AddPatchManager();
            providers.AddSecretFile(OpenFile()).AddChatAgent("chat", _ => new ScriptedChatClient(), options => options.SecretNames = ["CHAT_KEY"]);
        });

        var failure = await FailAsync(host, static execution => execution);
        var health = await host.Provider.CheckHealthAsync(TestContext.Current.CancellationToken);

        Assert.Equal(FailureClass.Configuration, failure.Class);
        Assert.Contains("chmod 600", failure.Message, StringComparison.Ordinal);
        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.Contains("chmod 600", health.Message, StringComparison.Ordinal);
    }

    private async Task<AgentFailure> FailAsync(ProviderHost host, Func<AgentExecution, AgentExecution> change)
    {
        var tree = Directory.CreateDirectory(_folder.Combine("tree")).FullName;
        var execution = new AgentExecution
        {
            Id = $"refused-{Environment.ProcessId}",
            Task = ProviderHost.Task(),
            Workspace = new AgentWorkspace { Directory = tree, HomeDirectory = tree, TemporaryDirectory = tree, BaseCommit = "0123" },
        };
        var events = new List<AgentEvent>();
        await foreach (var happened in host.Provider.ExecuteAsync(change(execution), TestContext.Current.CancellationToken))
        {
            events.Add(happened);
        }

        return Assert.IsType<AgentFailed>(Assert.Single(events)).Failure;
    }

    private string OpenFile()
    {
        var file = _folder.Write("secrets.env", "OTHER=value-of-another\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        return file;
    }
}
