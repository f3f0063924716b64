using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator.Queue;

namespace Orchestrator.Benchmarks.Peers.Contestants;

/// <summary>Our queue, through its public API only. Producers and the worker share one host, as in most applications.</summary>
internal sealed class OrchestratorContestant : IContestant
{
    private readonly Func<Action<string>, IHost> _build;
    private IHost _host;
    private Action<string> _handler = static _ => { };

    public OrchestratorContestant(Func<Action<string>, IHost> build)
    {
        _build = build;
        _host = Build();
    }

    public ITaskAdministration Administration => _host.Services.GetRequiredService<ITaskAdministration>();

    private ITaskQueue Queue => _host.Services.GetRequiredService<ITaskQueue>();

    public async ValueTask EnqueueAsync(string payload) => await Queue.EnqueueAsync(Submission(payload));

    public async ValueTask EnqueueManyAsync(IReadOnlyList<string> payloads) => await Queue.EnqueueAsync(payloads.Select(Submission).ToValueList());

    public async ValueTask<IAsyncDisposable> WorkAsync(Action<string> handler)
    {
        _handler = handler;
        await _host.StartAsync();
        return new Worker(this);
    }

    public async ValueTask<bool> IsEmptyAsync() => (await Administration.GetStatisticsAsync()).Unfinished == 0;

    public ValueTask DisposeAsync()
    {
        _host.Dispose();
        return ValueTask.CompletedTask;
    }

    private static TaskSubmission Submission(string payload) =>
        new() { Id = Identifiers.Create(TimeProvider.System.GetUtcNow()), Type = QueueHosts.Type, Payload = payload };

    private IHost Build() => _build(payload => _handler(payload));

    /// <summary>A host that was stopped cannot start again: the next worker gets a new one on the same database.</summary>
    private sealed class Worker(OrchestratorContestant contestant) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await contestant._host.StopAsync();
            contestant._host.Dispose();
            contestant._host = contestant.Build();
        }
    }
}
