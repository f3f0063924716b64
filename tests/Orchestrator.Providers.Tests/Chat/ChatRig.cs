using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Containers;
using Orchestrator.Patching;
using Orchestrator.Providers.Containers;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Chat;

/// <summary>A chat agent with a scripted client, the real patch manager, and a plain directory as its workspace.</summary>
internal sealed class ChatRig : IAsyncDisposable
{
    public const string Secret = "marked-chat-secret-1234";

    private static int _rigs;

    private readonly TemporaryDirectory _folder = new();
    private readonly ProviderHost _host;

    public ChatRig(
        Action<ChatAgentOptions>? configure = null,
        TimeProvider? time = null,
        bool withPatches = true,
        Dictionary<string, string>? secrets = null,
        Action<PatchOptions>? policy = null,
        ScriptedContainers? containers = null)
    {
        Workspace = new AgentWorkspace { Directory = Make("tree"), HomeDirectory = Make("home"), TemporaryDirectory = Make("tmp"), BaseCommit = "0123" };
        _host = new ProviderHost(
            providers =>
            {
                providers.AddChatAgent("chat", _ => Client, options =>
                {
                    options.RequestRetries = 0;
                    configure?.Invoke(options);
                });
                if (containers is not null)
                {
                    ContainerShares.Make(Share);
                    providers.Services.AddSingleton<IContainerBalancer>(containers).AddSingleton<IContainerEngine>(containers);
                    providers.UseContainers(options => (options.Pool, options.Directory) = ("agents", _folder.Combine("c", "{instance}")));
                }

                if (withPatches)
                {
                    providers.Services.AddPatchManager(options =>
                    {
                        options.Durability = PatchDurability.Process;
                        policy?.Invoke(options);
                    });
                }
            },
            secrets,
            time);
    }

    public ScriptedChatClient Client { get; } = new();

    public AgentWorkspace Workspace { get; }

    /// <summary>Of this rig alone: what carries the mark of an execution is killed at the end of its commands, and tests run side by side.</summary>
    public string ExecutionId { get; } = $"exec-chat-{Environment.ProcessId}-{Interlocked.Increment(ref _rigs)}";

    /// <summary>What the one instance of a pool shares with this machine.</summary>
    public string Share => _folder.Combine("c", ScriptedContainers.Instance);

    public IAgentProvider Provider => _host.Provider;

    public IServiceProvider Services => _host.Services;

    public string Logs => _host.Logs.AllText();

    public ChatRig Write(string path, string text)
    {
        var file = PathOf(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return this;
    }

    public string PathOf(string path) => Path.Combine(Workspace.Directory, path);

    public string Read(string path) => File.ReadAllText(PathOf(path));

    public AgentExecution Execution(string instructions = "do it") => new() { Id = ExecutionId, Task = ProviderHost.Task(instructions), Workspace = Workspace };

    public Task<List<AgentEvent>> RunAsync(string instructions = "do it", Func<AgentExecution, AgentExecution>? change = null) =>
        RunAsync((change ?? (execution => execution))(Execution(instructions)), TestContext.Current.CancellationToken);

    public async Task<List<AgentEvent>> RunAsync(AgentExecution execution, CancellationToken cancellationToken)
    {
        var events = new List<AgentEvent>();
        await foreach (var happened in Provider.ExecuteAsync(execution, cancellationToken))
        {
            events.Add(happened);
        }

        return events;
    }

    public async Task<AgentFailure> FailAsync(Func<AgentExecution, AgentExecution>? change = null) => Assert.IsType<AgentFailed>((await RunAsync("do it", change))[^1]).Failure;

    /// <summary>What the model is told by one call of a tool.</summary>
    public async Task<string> TellAsync(string tool, params (string Name, object? Value)[] arguments)
    {
        Client.Call(tool, arguments);
        await RunAsync();
        return Assert.Single(Client.LastResults);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _folder.Dispose();
    }

    private string Make(string name) => Directory.CreateDirectory(_folder.Combine(name)).FullName;
}
