using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator.Providers;
using Orchestrator.Routing;
using Orchestrator.Tasks;
using Orchestrator.Testing;

namespace Orchestrator.Hosting.Tests.Operations;

/// <summary>A whole host with scripted providers, a SQLite database and a worker that runs when the test starts it.</summary>
internal sealed class OperationsRig : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    public OperationsRig(params ScriptedProvider[] providers)
    {
        Git.Write("kept.txt", "kept\n");
        Git.Commit("start");
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        foreach (var provider in providers)
        {
            builder.Services.AddSingleton<IAgentProvider>(provider);
        }

        builder.Services.AddOrchestrator(options => options.StateDirectory = _directory.Path);
        builder.Services.AddProviderRouting(routing =>
        {
            routing.Seed = 1;
            routing.Learning.ExplorationShare = 0;
            for (var i = 0; i < providers.Length; i++)
            {
                // The first is the cheapest.
                routing.Providers[providers[i].Descriptor.Name] = new ProviderSettings { PricePerTaskUsd = 0.1m * (i + 1) };
            }
        });
        Host = builder.Build();
    }

    public IHost Host { get; }

    public GitRepository Git { get; } = GitRepository.Init();

    public IProviderOperations Operations => Service<IProviderOperations>();

    public AgentTask Task => new()
    {
        Id = "task-1",
        Type = AgentTaskType.Fix,
        Instructions = "Do it.",
        Source = new LocalSource { Path = Git.Path },
        VerifyCommand = CommandLine.Parse("true"),
    };

    public T Service<T>()
        where T : notnull => Host.Services.GetRequiredService<T>();

    public Task StartAsync() => Host.StartAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Host.StopAsync(CancellationToken.None);
        await ((IAsyncDisposable)Host).DisposeAsync();
        Git.Dispose();
        _directory.Dispose();
    }
}
