using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Containers;
using Orchestrator.Providers.Command;
using Orchestrator.Providers.Workspaces;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Containers;

/// <summary>A command provider in containers of a scripted engine, under a manual clock, and a repository for it.</summary>
internal sealed class AgentContainerRig : IAsyncDisposable
{
    public const string Secret = "marked-secret-of-a-container-4711";

    private readonly GitRepository _repository = GitRepository.Init();
    private ProviderHost? _host;

    public AgentContainerRig()
    {
        _repository.Write("hello.txt", "hello\n");
        _repository.Commit("Begin");
    }

    public ScriptedContainers Containers { get; } = new();

    public ManualTimeProvider Time { get; } = new();

    public ProviderHost Host => _host!;

    /// <summary>The directory of the one instance.</summary>
    public string Share => Path.Combine(Host.Folder.Path, "c", ScriptedContainers.Instance);

    public async Task<GitWorkspace> StartAsync(Action<CommandProviderOptions>? configure = null)
    {
        _host = new ProviderHost(
            builder =>
            {
                builder.Services.AddSingleton<IContainerBalancer>(Containers).AddSingleton<IContainerEngine>(Containers);
                builder.UseContainers(options => (options.Pool, options.Directory) = ("agents", Path.Combine(Host.Folder.Path, "c", "{instance}")));
                builder.AddCommand("tool", options =>
                {
                    (options.Executable, options.Arguments) = ("tool-of-the-image", ["-x", "{instructions}"]);
                    configure?.Invoke(options);
                });
            },
            new Dictionary<string, string> { ["TOOL_TOKEN"] = Secret },
            Time);
        ContainerShares.Make(Share);
        return await Host.Workspaces.CreateAsync(_repository.Path, "exec-1", cancellationToken: TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        _repository.Dispose();
    }
}
