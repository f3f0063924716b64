using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Containers;

namespace Orchestrator.Cli.Commands.Containers;

/// <summary>The engines that may have an instance: the configured one, then Docker where it can be reached, then processes of this machine.</summary>
internal sealed class EngineChoice(IServiceProvider services) : IAsyncDisposable
{
    private readonly List<ServiceProvider> _made = [];
    private readonly List<string> _answers = [];

    /// <summary>What engines that do not have it said.</summary>
    public IReadOnlyList<string> Answers => _answers;

    /// <summary>The first engine that has the instance.</summary>
    /// <param name="id">The engine's id of it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<IContainerEngine?> FindAsync(string id, CancellationToken cancellationToken)
    {
        var asked = new HashSet<string>(StringComparer.Ordinal);
        foreach (var make in (Func<IContainerEngine?>[])[services.GetService<IContainerEngine>, () => Make(made => made.AddDockerEngine()), () => Make(made => made.AddProcessEngine())])
        {
            if (make() is { } engine && asked.Add(engine.Name) && await HasAsync(engine, id, cancellationToken))
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

    private IContainerEngine Make(Action<IServiceCollection> add)
    {
        var collection = new ServiceCollection();
        add(collection);
        _made.Add(collection.BuildServiceProvider());
        return _made[^1].GetRequiredService<IContainerEngine>();
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
