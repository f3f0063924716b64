using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orchestrator.Cli.Configuration;
using Orchestrator.Containers;

namespace Orchestrator.Cli.Commands.Containers;

/// <summary>The engines of this machine that may have an instance: the host's own, then the Docker Engine of the configuration or of the environment, then processes.</summary>
internal sealed class EngineChoice : IAsyncDisposable
{
    private readonly List<ServiceProvider> _made = [];
    private readonly List<IContainerEngine> _engines = [];
    private readonly List<string> _answers = [];

    /// <summary>Makes the engines; asks none.</summary>
    /// <param name="services">The services of the host.</param>
    public EngineChoice(IServiceProvider services)
    {
        if (services.GetService<IContainerEngine>() is { } own)
        {
            _engines.Add(own);
        }

        var endpoint = services.GetService<ContainerSettings>()?.Endpoint;
        Add("docker", made => made.AddDockerEngine(options => options.Endpoint = endpoint ?? options.Endpoint));
        Add("process", static made => made.AddProcessEngine());
    }

    /// <summary>The engines, in the order in which they are asked; of each kind one.</summary>
    public IReadOnlyList<IContainerEngine> Engines => _engines;

    /// <summary>What engines that do not have it, or cannot be used, said.</summary>
    public IReadOnlyList<string> Answers => _answers;

    /// <summary>The first engine that has the instance.</summary>
    /// <param name="id">The engine's id of it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<IContainerEngine?> FindAsync(string id, CancellationToken cancellationToken)
    {
        foreach (var engine in _engines)
        {
            if (await HasAsync(engine, id, cancellationToken))
            {
                return engine;
            }
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var made in _made)
        {
            await made.DisposeAsync();
        }
    }

    private void Add(string name, Action<IServiceCollection> add)
    {
        if (_engines.Exists(engine => engine.Name == name))
        {
            return;
        }

        var collection = new ServiceCollection();
        add(collection);
        _made.Add(collection.BuildServiceProvider());
        try
        {
            _engines.Add(_made[^1].GetRequiredService<IContainerEngine>());
        }
        catch (OptionsValidationException error)
        {
            _answers.Add($"{name}: {string.Join(' ', error.Failures)}");
        }
    }

    private async ValueTask<bool> HasAsync(IContainerEngine engine, string id, CancellationToken cancellationToken)
    {
        try
        {
            if (await engine.InspectAsync(id, cancellationToken) is not null)
            {
                return true;
            }

            _answers.Add($"{engine.Name}: there is none with id {id}.");
        }
        catch (OrchestratorException error)
        {
            _answers.Add($"{engine.Name}: {error.Message}");
        }

        return false;
    }
}
