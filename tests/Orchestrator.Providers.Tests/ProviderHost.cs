using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Providers.Processes;
using Orchestrator.Providers.Workspaces;
using Orchestrator.Secrets;
using Orchestrator.Tasks;
using Orchestrator.Testing;

namespace Orchestrator.Providers;

/// <summary>A service provider with everything of the package, workspaces in a temporary folder, a recording logger and secrets of the test's own.</summary>
internal sealed class ProviderHost : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public ProviderHost(Action<IAgentProvidersBuilder>? configure = null, Dictionary<string, string>? secrets = null, TimeProvider? time = null, string workspaceFolder = "work spaces ü")
    {
        WorkspaceRoot = Path.Combine(Folder.Path, workspaceFolder);
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Logs));
        services.AddSingleton<ISecretProvider>(new FixedSecrets(secrets ?? []));
        if (time is not null)
        {
            services.AddSingleton(time);
        }

        var builder = services.AddAgentProviders(options => options.Directory = WorkspaceRoot);
        configure?.Invoke(builder);
        _services = services.BuildServiceProvider(validateScopes: true);
    }

    public TemporaryDirectory Folder { get; } = new();

    public RecordingLoggerProvider Logs { get; } = new();

    public string WorkspaceRoot { get; }

    public GitWorkspaces Workspaces => _services.GetRequiredService<GitWorkspaces>();

    public GitRepositories Repositories => _services.GetRequiredService<GitRepositories>();

    public TreeSnapshots Snapshots => _services.GetRequiredService<TreeSnapshots>();

    public ProcessRunner Runner => _services.GetRequiredService<ProcessRunner>();

    public IAgentProvider Provider => Assert.Single(_services.GetServices<IAgentProvider>());

    public IServiceProvider Services => _services;

    public static AgentTask Task(string instructions = "do it") => new()
    {
        Id = "task-1",
        Type = AgentTaskType.Fix,
        Instructions = instructions,
        Source = new LocalSource { Path = "/nowhere" },
    };

    public async Task<List<AgentEvent>> ExecuteAsync(GitWorkspace workspace, string instructions = "do it", AgentTimeLimits? limits = null, string? model = null, Func<AgentExecution, AgentExecution>? change = null)
    {
        var execution = new AgentExecution { Id = workspace.ExecutionId, Task = Task(instructions), Workspace = workspace.Workspace, TimeLimits = limits, Model = model };
        var events = new List<AgentEvent>();
        await foreach (var happened in Provider.ExecuteAsync(change?.Invoke(execution) ?? execution, TestContext.Current.CancellationToken))
        {
            events.Add(happened);
        }

        return events;
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        Folder.Dispose();
    }

    private sealed class FixedSecrets(Dictionary<string, string> secrets) : ISecretProvider
    {
        public ValueTask<SecretValue?> GetSecretAsync(string name, CancellationToken cancellationToken) =>
            ValueTask.FromResult(secrets.TryGetValue(name, out var value) ? new SecretValue(value) : null);
    }
}
