using System.Collections.Concurrent;
using System.Threading.Channels;
using Orchestrator.Queue.Signals;

namespace Orchestrator.Queue.Tests;

/// <summary>Tells of heartbeats, and lets them fail.</summary>
internal sealed class WatchedLeases(ITaskLeases inner) : ITaskLeases
{
    private readonly Channel<ValueList<LeaseRenewal>> _renewed = Channel.CreateUnbounded<ValueList<LeaseRenewal>>();

    private readonly Channel<ValueList<TaskOutcome>> _ended = Channel.CreateUnbounded<ValueList<TaskOutcome>>();
    private int _reports;

    /// <summary>What heartbeats fail with.</summary>
    public Exception? Failure { get; set; }

    /// <summary>What the next exchanges fail with, one each.</summary>
    public ConcurrentQueue<Exception> EndFailures { get; } = new();

    /// <summary>What exchanges with these outcomes fail with; <see langword="null"/> for nothing.</summary>
    public Func<ValueList<TaskOutcome>, Exception?>? Refuse { get; set; }

    /// <summary>What reports fail with.</summary>
    public Exception? ReportFailure { get; set; }

    /// <summary>Called once, when tasks were looked for.</summary>
    public Action? Looked { get; set; }

    public ConcurrentBag<LeaseRequest> Requests { get; } = [];

    public ConcurrentBag<(ValueList<TaskOutcome> Outcomes, LeaseRequest? Next)> Exchanged { get; } = [];

    /// <summary>How many times something was reported.</summary>
    public int Reports => Volatile.Read(ref _reports);

    /// <summary>The outcomes of the next exchange that got through.</summary>
    public async Task<ValueList<TaskOutcome>> EndedAsync() => await _ended.Reader.ReadAsync(TestQueue.Cancel);

    public async Task<ValueList<LeaseRenewal>> RenewedAsync() => await _renewed.Reader.ReadAsync(TestQueue.Cancel);

    public async ValueTask<ValueList<LeaseRenewal>> RenewAsync(ValueList<LeaseToken> leases, TimeSpan duration, CancellationToken cancellationToken)
    {
        try
        {
            var renewals = Failure is null ? await inner.RenewAsync(leases, duration, cancellationToken) : throw Failure;
            _renewed.Writer.TryWrite(renewals);
            return renewals;
        }
        catch
        {
            _renewed.Writer.TryWrite([]);
            throw;
        }
    }

    public async ValueTask<ValueList<TaskLease>> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken)
    {
        Requests.Add(request);
        var leases = await inner.LeaseAsync(request, cancellationToken);
        var looked = Looked;
        Looked = null;
        looked?.Invoke();
        return leases;
    }

    public ValueTask<LeaseStatus> CheckpointAsync(LeaseToken lease, string checkpoint, CancellationToken cancellationToken) => inner.CheckpointAsync(lease, checkpoint, cancellationToken);

    public async ValueTask<LeaseExchange> EndAsync(ValueList<TaskOutcome> outcomes, LeaseRequest? next, CancellationToken cancellationToken)
    {
        Exchanged.Add((outcomes, next));
        if (EndFailures.TryDequeue(out var failure))
        {
            throw failure;
        }

        if (Refuse?.Invoke(outcomes) is { } refusal)
        {
            throw refusal;
        }

        var exchange = await inner.EndAsync(outcomes, next, cancellationToken);
        _ended.Writer.TryWrite(outcomes);
        return exchange;
    }

    public ValueTask<LeaseStatus> ReportAsync(LeaseToken lease, TaskProgress? progress, ValueList<TaskLogLine> lines, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reports);
        return ReportFailure is { } failure ? ValueTask.FromException<LeaseStatus>(failure) : inner.ReportAsync(lease, progress, lines, cancellationToken);
    }

    public ValueTask<ValueList<DependencyResult>> GetDependenciesAsync(string taskId, CancellationToken cancellationToken) => inner.GetDependenciesAsync(taskId, cancellationToken);

    public ValueTask<ValueList<string>> ReclaimAsync(string workerId, CancellationToken cancellationToken) => inner.ReclaimAsync(workerId, cancellationToken);

    public static WatchedLeases Watch(IServiceProvider provider) => new(new TaskLeases(
        Get<Storage.ITaskStore>(provider), Get<TaskSignals>(provider), Get<Queue.Diagnostics.TaskQueueMetrics>(provider)));

    private static T Get<T>(IServiceProvider provider) => (T)provider.GetService(typeof(T))!;
}
