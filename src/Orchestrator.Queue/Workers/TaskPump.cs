using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using Orchestrator.Queue.Diagnostics;
using Orchestrator.Queue.Signals;
using Orchestrator.Storage;

namespace Orchestrator.Queue.Workers;

/// <summary>
/// Moves tasks between the database and the handlers: an exchange ends all tasks whose handlers returned and leases as many as can start.
/// What ends while an exchange is on its way goes with the next one: batches grow with the load, and nothing waits when there is none.
/// Where the database can do two at a time, the next one begins beside it once it is large.
/// </summary>
internal sealed class TaskPump
{
    private readonly TaskWorkerOptions _options;
    private readonly ITaskLeases _leases;
    private readonly TaskRunner _runner;
    private readonly TaskSignals _signals;
    private readonly OutcomeRescue _rescue;
    private readonly ILogger<TaskWorker> _logger;
    private readonly LeaseRequest _request;
    private readonly Action<RunningTask> _execute;
    private readonly ExchangeOverlap? _overlap;

    public TaskPump(TaskWorkerOptions options, ITaskLeases leases, TaskRunner runner, TaskSignals signals, bool overlaps, ILogger<TaskWorker> logger)
    {
        _options = options;
        _leases = leases;
        _runner = runner;
        _signals = signals;
        _logger = logger;
        _rescue = new OutcomeRescue(leases, logger);
        _execute = task => _ = RunAsync(task);
        Held = new HeldTasks(options);
        Signal = signals.WatchQueue(options.Queue);

        // Slots are known of tasks that came, not of those on their way: then one exchange at a time.
        _overlap = overlaps && options is { Slots: null, OnlyTaskId: null } ? new ExchangeOverlap(options, Held, ExchangeBesideAsync, Signal.Set, logger) : null;
        _request = new LeaseRequest
        {
            Worker = runner.Worker,
            Queue = options.Queue,
            Types = options.Types.Count == 0 ? runner.Types : options.Types.Order(StringComparer.Ordinal).ToValueList(),
            TaskId = options.OnlyTaskId,
            Labels = options.Labels.Count == 0 ? ValueMap.Empty : new ValueMap(options.Labels),
            Duration = options.LeaseDuration,
        };
    }

    public HeldTasks Held { get; }

    /// <summary>Set when a handler returned or the queue may have tasks.</summary>
    public Signal Signal { get; }

    /// <summary>Ends what has ended and, when <paramref name="look"/> says so, takes what can start.</summary>
    /// <param name="look">Whether tasks may be there to take.</param>
    /// <param name="accept">Whether tasks are taken at all.</param>
    /// <param name="cancellationToken">Gives up taking tasks; outcomes are stored all the same.</param>
    /// <returns>Whether more tasks may be there.</returns>
    public async ValueTask<bool> ExchangeAsync(bool look, bool accept, CancellationToken cancellationToken)
    {
        _overlap?.Begin();
        try
        {
            return await ExchangeOnceAsync(look, accept, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _overlap?.End();
        }
    }

    /// <summary>Waits for tasks that this process enqueues; <see langword="null"/> when there is no room for any.</summary>
    public WorkerStandby? StandBy(ITaskStandby store) =>
        Held.Look() is { } free ? new WorkerStandby(store, _request with { Count = free.Count, Slots = free.Slots }, Signal) : null;

    /// <summary>Ends waiting, and starts what was given meanwhile.</summary>
    public async ValueTask EndStandbyAsync(WorkerStandby standby, ITaskStore store)
    {
        using (standby)
        {
            var leased = await standby.EndAsync().ConfigureAwait(false);
            if (leased.Count > 0)
            {
                // The lease counts from when it was made, a commit ago.
                var age = await store.GetTimeAsync(CancellationToken.None).ConfigureAwait(false) - (leased[0].ExpiresAt - _request.Duration);
                Held.Expect(leased.Count);
                Start(leased, _signals.Time.GetTimestamp() - (age > TimeSpan.Zero ? (long)(age.TotalSeconds * _signals.Time.TimestampFrequency) : 0));
            }
        }
    }

    /// <summary>Gives back the tasks whose handlers have not started, and those that are on their way.</summary>
    public async ValueTask ReleaseWaitingAsync()
    {
        if (_overlap is not null)
        {
            await _overlap.StopAsync().ConfigureAwait(false);
        }

        foreach (var task in Held.TakeWaiting())
        {
            task.OutcomeName = TaskQueueDiagnostics.OutcomeReleased;
            task.Outcome = TaskOutcome.Released(task.Token);
        }
    }

    private async ValueTask ExchangeBesideAsync() => await ExchangeOnceAsync(look: false, accept: true, CancellationToken.None).ConfigureAwait(false);

    private async ValueTask<bool> ExchangeOnceAsync(bool look, bool accept, CancellationToken cancellationToken)
    {
        var ending = Held.TakeEnded();
        var next = default(LeaseRequest);
        var taken = 0;
        try
        {
            DropLost(ending);
            var room = accept && (look || ending.Count > 0) ? Held.Room(ending) : null;
            next = room is { } free ? _request with { Count = free.Count, Slots = free.Slots } : null;
            if (ending.Count == 0 && next is null)
            {
                return false;
            }

            var leasedAt = _signals.Time.GetTimestamp();
            var leased = ending.Count == 0
                ? await _leases.LeaseAsync(next!, cancellationToken).ConfigureAwait(false)
                : await EndAsync(ending, next).ConfigureAwait(false);
            taken = leased.Count;
            Start(leased, leasedAt);
            return next is not null && taken == next.Count;
        }
        finally
        {
            Held.Forgo(next is null ? 0 : next.Count - taken);
            Held.Return(ending);
        }
    }

    private void DropLost(List<RunningTask> ending)
    {
        foreach (var task in ending)
        {
            if (IsDropped(task))
            {
                Held.Remove(task);
                Log.LeaseLost(_logger, task.Token.TaskId, task.Token.LeaseId);
            }
        }

        ending.RemoveAll(IsDropped);
    }

    // One whose handler ended it in a transaction of its own is expected to be lost: whether it was committed shows when it is given back.
    private static bool IsDropped(RunningTask task) => task.Outcome is null || (task.IsLost && !task.IsAlreadyCompleted);

    private async ValueTask<ValueList<TaskLease>> EndAsync(List<RunningTask> ending, LeaseRequest? next)
    {
        LeaseExchange exchange;
        try
        {
            // Not cancellable: the work is done and paid for, its outcome must be stored also while the worker shuts down.
            exchange = await _leases.EndAsync(Outcomes(ending), next, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error) when (OutcomeRescue.MayHelp(error))
        {
            await RescueAsync(ending).ConfigureAwait(false);
            return [];
        }
        catch
        {
            Held.PutBack(ending);
            throw;
        }

        var inPlan = false;
        for (var i = 0; i < ending.Count; i++)
        {
            Ended(ending[i], exchange.Ended[i]);
            inPlan |= ending[i].Context.Task.PlanId is not null;
        }

        if (inPlan)
        {
            _signals.AvailableEverywhere(); // What depended on them may be in any queue.
        }

        return exchange.Leased;
    }

    private async ValueTask RescueAsync(List<RunningTask> ending)
    {
        var failure = await _rescue.EndEachAsync(ending, Ended).ConfigureAwait(false);
        _signals.AvailableEverywhere(); // Nothing was leased: look again at once. What depended on them may be in any queue.
        if (failure is not null)
        {
            Held.PutBack(ending);
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    private static ValueList<TaskOutcome> Outcomes(List<RunningTask> ending)
    {
        var outcomes = new TaskOutcome[ending.Count];
        for (var i = 0; i < outcomes.Length; i++)
        {
            outcomes[i] = ending[i].Outcome!;
        }

        return ValueList.Create<TaskOutcome>(outcomes);
    }

    private void Ended(RunningTask task, LeaseStatus status)
    {
        Held.Remove(task);
        if (task.IsAlreadyCompleted)
        {
            // Its own transaction ended it, or was not committed and the task was given back.
            var isReleased = status == LeaseStatus.Held;
            Log.TaskEnded(_logger, task.Token.TaskId, isReleased ? TaskQueueDiagnostics.OutcomeReleased : task.OutcomeName);
            if (!isReleased)
            {
                _runner.Metrics.Ended(task.OutcomeName);
                _signals.Changed(task.Token.TaskId);
            }
        }
        else if (status == LeaseStatus.Held)
        {
            Log.TaskEnded(_logger, task.Token.TaskId, task.OutcomeName);
        }
        else
        {
            Log.LeaseLost(_logger, task.Token.TaskId, task.Token.LeaseId);
        }
    }

    private void Start(ValueList<TaskLease> leased, long leasedAt)
    {
        foreach (var lease in leased)
        {
            var task = _runner.Take(lease, leasedAt);
            if (Held.Add(task))
            {
                Start(task);
            }
        }
    }

    // Not to this thread's own queue: the handlers are spread over all threads, and the pump goes on behind them.
    private void Start(RunningTask task) => ThreadPool.UnsafeQueueUserWorkItem(_execute, task, preferLocal: false);

    private async Task RunAsync(RunningTask task)
    {
        await _runner.RunAsync(task, _options.PollInterval).ConfigureAwait(false);
        if (Held.End(task) is { } next)
        {
            Start(next);
        }

        Signal.Set();
        _overlap?.Offer();
    }
}
