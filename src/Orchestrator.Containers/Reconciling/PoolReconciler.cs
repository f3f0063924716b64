using System.Collections.Concurrent;
using Orchestrator.Containers.Diagnostics;
using Orchestrator.Containers.State;

namespace Orchestrator.Containers.Reconciling;

/// <summary>Keeps one pool what it shall be: one step each interval, and one at once whenever something happened.</summary>
/// <remarks>Thread-safe. Everything that happens is a message; steps take them one at a time. Calls, probes and waiting go on beside the steps.</remarks>
internal sealed class PoolReconciler : IAccountedPool, IAsyncDisposable
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);

    private readonly Lock _gate = new(); // guards the pool and its work: held by a step, and by who reads the pool
    private readonly ConcurrentQueue<PoolMessage> _inbox = new();
    private readonly WakeSignal _wake = new();
    private readonly PoolParts _parts;
    private readonly PoolState _pool;
    private readonly PoolStep _step;
    private readonly ActionRunner _runner;
    private readonly EngineWatcher _watcher;
    private readonly DemandWatcher _demand;
    private readonly TimeSpan _interval;
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;
    private int _isClosed; // 1 once nothing will be taken up any more

    public PoolReconciler(PoolParts parts, PoolSurroundings around)
    {
        _parts = parts;
        _interval = around.ReconcileInterval;
        _pool = new PoolState(parts);
        _step = new PoolStep(_pool, Wake);
        _runner = new ActionRunner(parts, around.Engine, around.Probes, Tell, around.Dispatch);
        _watcher = new EngineWatcher(parts, around.Engine, Tell);
        _demand = new DemandWatcher(parts, around.Demands, Tell);
    }

    public string Name => _parts.Name;

    public PoolParts Parts => _parts;

    /// <summary>Tells the pool what happened, and has it look.</summary>
    public void Tell(PoolMessage message)
    {
        _inbox.Enqueue(message);
        Wake();
    }

    /// <summary>Tells the pool what somebody asks for, and waits for the step that takes it up: before the pool's start, for its start.</summary>
    /// <exception cref="ObjectDisposedException">The pool is stopped, or is stopped before a step takes it up.</exception>
    public Task AskAsync(PoolMessage message, CancellationToken cancellationToken)
    {
        var asked = new Asked(message);
        Tell(asked);
        if (Volatile.Read(ref _isClosed) != 0)
        {
            EmptyInbox();
        }

        return asked.Taken.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Has the pool look soon.</summary>
    public void Wake() => _wake.Set();

    /// <summary>Whether there is something that no step has taken up.</summary>
    public bool HasMail => !_inbox.IsEmpty;

    /// <summary>One step, now.</summary>
    /// <returns>How long until something becomes due that no message tells of.</returns>
    public TimeSpan Pump()
    {
        var asked = new List<Asked>();
        try
        {
            var next = Decide(asked);
            return next < Shortest ? Shortest : next < _interval ? next : _interval;
        }
        finally
        {
            // Also after a step that broke: the pool counts what it decided until then as going on, and somebody waits for the answers.
            // Only steps change the work, and they come one after the other.
            asked.ForEach(ask => ask.Taken.TrySetResult());
            _runner.Run(_pool.Work, _pool.Specification.Labels);
            if (_pool.Work.WantsNewWatch)
            {
                _watcher.Renew();
            }
        }
    }

    /// <summary>Begins to keep the pool.</summary>
    public void Start() => _running = Task.WhenAll(RunAsync(), WatchAsync());

    /// <summary>Listens to the engine until the pool is stopped.</summary>
    public Task WatchAsync() => _watcher.RunAsync(_pool.Specification.Labels, _stopping.Token);

    /// <summary>Gives up all instances at once, and waits until they are gone.</summary>
    public async Task EmptyAsync(CancellationToken cancellationToken)
    {
        Tell(new EmptyAsked());
        if (_running.IsCompleted)
        {
            return; // It never began, and nothing is known of what runs.
        }

        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100), _parts.Time);
        while (IsOrMayBeThere() && await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            Wake();
        }
    }

    public PoolStatus Status()
    {
        lock (_gate)
        {
            return PoolReport.Of(_pool);
        }
    }

    public PoolAccount? Account
    {
        get
        {
            lock (_gate)
            {
                return _pool.Memory.Account;
            }
        }
    }

    public void Recall(PoolAccount? account)
    {
        Tell(new AccountRead(account));
        if (Volatile.Read(ref _isClosed) != 0)
        {
            EmptyInbox();
        }
    }

    public bool Has(string instance)
    {
        lock (_gate)
        {
            return _pool.Find(instance) is not null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _wake.Set();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Close();
        await _runner.StopAsync().ConfigureAwait(false);
        _runner.Dispose();
        _watcher.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Nothing is taken up from now on: who asked is told so.</summary>
    public void Close()
    {
        Interlocked.Exchange(ref _isClosed, 1);
        EmptyInbox();
    }

    private TimeSpan Decide(List<Asked> asked)
    {
        lock (_gate)
        {
            _pool.Work.Clear();
            _pool.Tick();
            while (_inbox.TryDequeue(out var message))
            {
                if (message is Asked ask)
                {
                    asked.Add(ask);
                }

                TakeCalmly(message is Asked { Message: var inner } ? inner : message);
            }

            _step.Run();
            return _pool.NextWakeAt == TimeSpan.MaxValue ? _interval : _pool.NextWakeAt - _pool.Now;
        }
    }

    /// <summary>No step comes any more: who asked is told so. What was read too late is taken all the same, as what was accounted is added to it and kept.</summary>
    private void EmptyInbox()
    {
        while (_inbox.TryDequeue(out var message))
        {
            if (message is AccountRead)
            {
                lock (_gate)
                {
                    TakeCalmly(message);
                }
            }

            (message as Asked)?.Taken.TrySetException(new ObjectDisposedException(nameof(IContainerBalancer), $"Pool {Name} is stopped."));
        }
    }

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            var next = PumpCalmly();
            _demand.Ask(_stopping.Token);
            await _wake.WaitAsync(next, _parts.Time).ConfigureAwait(false);
        }
    }

    private TimeSpan PumpCalmly()
    {
        try
        {
            return Pump();
        }
        catch (Exception error)
        {
            LogCalmly(error);
            return _interval;
        }
    }

    /// <summary>What breaks on one message loses neither the others nor those who wait for them.</summary>
    private void TakeCalmly(PoolMessage message)
    {
        try
        {
            _step.Take(message);
        }
        catch (Exception error)
        {
            LogCalmly(error);
        }
    }

    /// <summary>A logger that throws ends no loop.</summary>
    private void LogCalmly(Exception broken)
    {
        try
        {
            Log.StepBroke(_parts.Logger, broken, Name);
        }
        catch (Exception)
        {
            // There is nobody else to tell.
        }
    }

    private sealed record Asked(PoolMessage Message) : PoolMessage
    {
        public TaskCompletionSource Taken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Before the first list, what an earlier process left may still run.</summary>
    private bool IsOrMayBeThere()
    {
        lock (_gate)
        {
            return !_pool.IsAdopted || _pool.Instances.Count > 0 || _pool.Orphans.Count > 0;
        }
    }
}
