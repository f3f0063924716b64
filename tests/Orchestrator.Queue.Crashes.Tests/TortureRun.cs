using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Queue.Crashes.Tests.Children;
using Orchestrator.Queue.Crashes.Tests.Effects;
using Orchestrator.Storage;
using Orchestrator.Testing;

namespace Orchestrator.Queue.Crashes.Tests;

/// <summary>Four workers and a producer, each a process, that are killed and frozen at random until all tasks are done.</summary>
internal sealed class TortureRun : IAsyncDisposable
{
    private const int Workers = 4;

    private static readonly TimeSpan Frozen = TimeSpan.FromSeconds(3);

    private readonly TortureSettings _settings;
    private readonly TimeSpan _skew;
    private readonly Random _random;
    private readonly ServiceProvider _provider;
    private readonly ChildProcess[] _workers = new ChildProcess[Workers];
    private readonly List<ChildProcess> _all = [];
    private readonly List<(string Worker, DateTimeOffset At)> _deaths = [];
    private readonly List<Task> _thaws = [];
    private ChildProcess _producer = null!;

    /// <param name="settings">What the children are told.</param>
    /// <param name="seed">Picks who dies when.</param>
    /// <param name="skew">By how much the clocks of neighbouring workers differ.</param>
    public TortureRun(TortureSettings settings, int seed, TimeSpan skew = default)
    {
        (_settings, _skew, _random) = (settings, skew, SeededRandom.Create(seed));
        _provider = TortureQueue.Open(settings);
    }

    /// <summary>When each incarnation of a worker was known to be dead, or asleep, by the database's clock.</summary>
    public ILookup<string, DateTimeOffset> Deaths => _deaths.ToLookup(death => death.Worker, death => death.At);

    public int Kills { get; private set; }

    public int Freezes { get; private set; }

    public IEnumerable<string> Log => _all.SelectMany(child => child.Log);

    private ITaskStore Store => _provider.GetRequiredService<ITaskStore>();

    private ITaskAdministration Administration => _provider.GetRequiredService<ITaskAdministration>();

    /// <summary>Runs until every task has ended. Accidents happen at random moments of the work, as many on a slow machine as on a fast one.</summary>
    /// <param name="accidents">About how many accidents there are.</param>
    /// <param name="accident">Another accident that happens now and then.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task RunAsync(int accidents, Func<Random, Task>? accident, CancellationToken cancellationToken)
    {
        await Store.InitializeAsync(cancellationToken);
        _producer = Start(ChildRoles.Producer, "producer", TimeSpan.Zero);
        for (var i = 0; i < Workers; i++)
        {
            StartWorker(i);
        }

        var next = 1.0;
        for (var completed = 0L; completed < _settings.Tasks; completed = await CompletedAsync(cancellationToken))
        {
            if (completed >= next)
            {
                next = completed + ((double)_settings.Tasks / accidents * (0.5 + _random.NextDouble()));
                await HappenAsync(accident, cancellationToken);
            }

            ReplaceDead();
            await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(5, 100)), TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Lets the workers end by themselves.</summary>
    /// <returns>Their exit codes.</returns>
    public async Task<int[]> StopAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(_thaws);
        Assert.Equal(0, await _producer.WaitAsync(cancellationToken));
        return await Task.WhenAll(_workers.Select(worker => worker.StopAsync(cancellationToken)));
    }

    public ValueTask<QueueStatistics> CountAsync(CancellationToken cancellationToken) => Administration.GetStatisticsAsync(cancellationToken: cancellationToken);

    public (long Entries, long Tasks) CountEffects()
    {
        using var effects = new EffectStore(_settings.Folder);
        return effects.Count();
    }

    public async ValueTask DisposeAsync()
    {
        _all.ForEach(child => child.Dispose());
        await _provider.DisposeAsync();
    }

    /// <summary>How many tasks are completed; all, when the producer is done and none is left.</summary>
    private async Task<long> CompletedAsync(CancellationToken cancellationToken)
    {
        try
        {
            var isProduced = ProducerChild.AcknowledgedBy(_settings.AcksPath) == _settings.Tasks;
            var counts = await CountAsync(cancellationToken);
            return isProduced && counts.Unfinished == 0 ? _settings.Tasks : counts.Completed;
        }
        catch (StorageException error) when (error.IsTransient)
        {
            return 0; // the server is on its way up
        }
    }

    private async Task HappenAsync(Func<Random, Task>? accident, CancellationToken cancellationToken)
    {
        var index = _random.Next(Workers);
        switch (_random.Next(10))
        {
            case < 6:
                await KillAsync(_workers[index], cancellationToken);
                StartWorker(index);
                break;
            case < 8 when accident is null:
                await FreezeAsync(_workers[index], cancellationToken);
                break;
            case < 8:
                await accident(_random);
                break;
            default:
                await KillAsync(_producer, cancellationToken);
                _producer = Start(ChildRoles.Producer, "producer", TimeSpan.Zero);
                break;
        }
    }

    /// <summary>Longer than its leases hold: when it wakes up, its handlers go on with tokens that are stale.</summary>
    private async Task FreezeAsync(ChildProcess worker, CancellationToken cancellationToken)
    {
        if (worker.HasExited)
        {
            return;
        }

        Freezes++;
        await worker.FreezeAsync(cancellationToken);
        await NoteDeathAsync(worker, cancellationToken);
        _thaws.Add(ThawAsync());

        async Task ThawAsync()
        {
            await Task.Delay(Frozen, TimeProvider.System, cancellationToken);
            await worker.ThawAsync(cancellationToken);
        }
    }

    private async Task KillAsync(ChildProcess child, CancellationToken cancellationToken)
    {
        Kills++;
        await child.KillAsync(cancellationToken);
        await NoteDeathAsync(child, cancellationToken);
    }

    private async Task NoteDeathAsync(ChildProcess child, CancellationToken cancellationToken)
    {
        if (child != _producer && child.FirstLine.IsCompleted && await child.FirstLine is { Length: > 0 } incarnation)
        {
            try
            {
                _deaths.Add((incarnation, await Store.GetTimeAsync(cancellationToken)));
            }
            catch (StorageException error) when (error.IsTransient)
            {
                // Without the server nobody knows the time of this death.
            }
        }
    }

    /// <summary>A host that finds no database does not start: whoever runs it starts it again.</summary>
    private void ReplaceDead()
    {
        for (var i = 0; i < Workers; i++)
        {
            if (_workers[i].HasExited)
            {
                StartWorker(i);
            }
        }

        if (_producer.HasExited && ProducerChild.AcknowledgedBy(_settings.AcksPath) < _settings.Tasks)
        {
            _producer = Start(ChildRoles.Producer, "producer", TimeSpan.Zero);
        }
    }

    private void StartWorker(int index) =>
        _workers[index] = Start(ChildRoles.Worker, string.Create(CultureInfo.InvariantCulture, $"worker-{index}"), _skew * index);

    private ChildProcess Start(string role, string name, TimeSpan skew)
    {
        var child = ChildProcess.Start(role, _settings.WriteFor(name, skew));
        _all.Add(child);
        return child;
    }
}
