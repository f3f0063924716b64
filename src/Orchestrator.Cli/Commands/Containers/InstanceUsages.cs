using Orchestrator.Cli.Output;
using Orchestrator.Containers;

namespace Orchestrator.Cli.Commands.Containers;

/// <summary>What instances use, asked of the engines of this machine: a few at a time, each within a limit, and nobody waits for the slow ones.</summary>
/// <remarks>For one caller at a time. Questions go on between looks; what comes of them shows at the next one.</remarks>
internal sealed class InstanceUsages : IAsyncDisposable
{
    private const int Concurrency = 8;

    /// <summary>How long an instance is not asked for after a question that led to nothing: it is on another machine, or its engine does not answer.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);

    /// <summary>How long an answer is shown.</summary>
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, AskedInstance> _instances = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _slots = new(Concurrency);
    private readonly CancellationTokenSource _stopping = new();
    private readonly IReadOnlyList<AskedEngine> _engines;
    private readonly TimeProvider _time;

    /// <param name="engines">The engines, in the order in which they are asked for an instance.</param>
    /// <param name="time">The clock.</param>
    /// <param name="dispatch">Where calls of engines run; null for the thread pool.</param>
    public InstanceUsages(IReadOnlyList<IContainerEngine> engines, TimeProvider time, Func<Func<Task>, Task>? dispatch = null)
    {
        _time = time;
        _engines = [.. engines.Select(engine => new AskedEngine(engine, time, dispatch ?? Task.Run))];
    }

    /// <summary>Asks for all instances that nobody asks for already, and waits for the answers as long as there is patience.</summary>
    /// <param name="ids">The engines' ids of the instances; what is known of others is forgotten.</param>
    /// <param name="patience">How long to wait.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task LookAsync(IReadOnlyCollection<string> ids, TimeSpan patience, CancellationToken cancellationToken)
    {
        foreach (var gone in _instances.Values.Where(known => known.Asking.IsCompleted && !ids.Contains(known.Id)).ToList())
        {
            _instances.Remove(gone.Id);
        }

        foreach (var id in ids.Where(static id => id.Length > 0)) // from a database: no engine can be asked for an empty one
        {
            if (!_instances.TryGetValue(id, out var instance))
            {
                _instances.Add(id, instance = new AskedInstance(id));
            }

            if (instance.Asking.IsCompleted && (instance.FailedAt is not { } failed || _time.GetElapsedTime(failed) >= Rest))
            {
                instance.Asking = AskAsync(instance);
            }
        }

        try
        {
            await Task.WhenAll(_instances.Values.Select(instance => instance.Asking)).WaitAsync(patience, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Who is slow shows at a later look.
        }
    }

    /// <summary>What is known of an instance.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="id">The engine's id of it; null while it is being made.</param>
    public InstanceUsageLine Line(string name, string? id) =>
        id is not null && _instances.TryGetValue(id, out var instance) ? instance.Line(name, _time, FreshFor) : InstanceUsageLine.Unknown(name);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_instances.Values.Select(instance => instance.Asking));
        _stopping.Dispose();
        _slots.Dispose();
    }

    private async Task AskAsync(AskedInstance instance)
    {
        try
        {
            await _slots.WaitAsync(_stopping.Token);
            try
            {
                instance.FailedAt = await TryAskAsync(instance) ? null : _time.GetTimestamp();
            }
            finally
            {
                _slots.Release();
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Whoever looked has seen enough.
        }
    }

    private async Task<bool> TryAskAsync(AskedInstance instance)
    {
        instance.Engine ??= await FindAsync(instance.Id);
        if (instance.Engine is not { } engine || await engine.AskAsync((asked, token) => asked.GetUsageAsync(instance.Id, token), _stopping.Token) is not { IsThere: true } answer)
        {
            return false;
        }

        instance.Take(answer.Value, _time);
        return true;
    }

    private async Task<AskedEngine?> FindAsync(string id)
    {
        foreach (var engine in _engines)
        {
            if (await engine.AskAsync((asked, token) => asked.InspectAsync(id, token), _stopping.Token) is { IsThere: true, Value: not null })
            {
                return engine;
            }
        }

        return null;
    }
}
