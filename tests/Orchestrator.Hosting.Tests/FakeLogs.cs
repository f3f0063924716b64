using System.Globalization;
using Orchestrator.Auditing;
using Orchestrator.Executions;

namespace Orchestrator.Hosting.Tests;

/// <summary>The operation log and the execution log in memory.</summary>
internal sealed class FakeLogs : IOperationLog, IExecutionLog
{
    private readonly Dictionary<string, ExecutionRecord> _executions = new(StringComparer.Ordinal);

    private readonly Lock _gate = new(); // guards _executions: what a running attempt told is saved beside it

    public Dictionary<string, ExecutionEvents> Events { get; } = new(StringComparer.Ordinal);

    /// <summary>Hears of every execution that is about to be saved.</summary>
    public Action<ExecutionRecord> Saving { get; set; } = _ => { };

    /// <summary>Hears of every execution that was saved.</summary>
    public Action<ExecutionRecord> Saved { get; set; } = _ => { };

    /// <summary>Whether events cannot be written.</summary>
    public bool RefusesEvents { get; set; }

    public List<Operation> Operations { get; } = [];

    public List<ProviderConfiguration> Configurations { get; } = [];

    public List<ProviderAssignment> Assignments { get; } = [];

    /// <summary>Which operations cannot be written, as on a full disk.</summary>
    public Func<Operation, bool> Refuse { get; set; } = _ => false;

    public IEnumerable<ExecutionRecord> Executions
    {
        get
        {
            lock (_gate)
            {
                return [.. _executions.Values];
            }
        }
    }

    /// <summary>The operations of one name.</summary>
    public IReadOnlyList<Operation> Of(string name) => [.. Operations.Where(operation => operation.Name == name)];

    public ValueTask<OperationEntry> AppendAsync(Operation operation, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Refuse(operation))
        {
            throw new IOException("The disk is full.");
        }

        Operations.Add(operation);
        var hash = Operations.Count.ToString("x64", CultureInfo.InvariantCulture);
        return ValueTask.FromResult(new OperationEntry { Sequence = Operations.Count, At = DateTimeOffset.UnixEpoch, Operation = operation, PreviousHash = hash, Hash = hash });
    }

    public ValueTask AssignedAsync(ProviderAssignment assignment, CancellationToken cancellationToken)
    {
        Assignments.Add(assignment);
        return ValueTask.CompletedTask;
    }

    public ValueTask ConfiguredAsync(ProviderConfiguration configuration, CancellationToken cancellationToken)
    {
        Configurations.Add(configuration);
        return ValueTask.CompletedTask;
    }

    public ValueTask<ValueList<ProviderConfiguration>> ListConfigurationsAsync(string? provider, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Configurations.ToValueList());

    public ValueTask SaveAsync(ExecutionRecord execution, CancellationToken cancellationToken)
    {
        Saving(execution);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (execution.Status != ExecutionStatus.Running || _executions.GetValueOrDefault(execution.Id) is null or { Status: ExecutionStatus.Running })
            {
                _executions[execution.Id] = execution;
            }
        }

        Saved(execution);
        return ValueTask.CompletedTask;
    }

    public ValueTask<ValueList<ExecutionRecord>> ListAsync(string taskId, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return ValueTask.FromResult(_executions.Values.Where(execution => execution.TaskId == taskId).ToValueList());
        }
    }

    public ValueTask SaveEventsAsync(ExecutionEvents events, CancellationToken cancellationToken)
    {
        if (RefusesEvents)
        {
            throw new IOException("The disk is full.");
        }

        lock (_gate)
        {
            Events[events.ExecutionId] = events;
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<ExecutionEvents?> ListEventsAsync(string executionId, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return ValueTask.FromResult(Events.GetValueOrDefault(executionId));
        }
    }

    public IAsyncEnumerable<OperationEntry> ReadAsync(OperationQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<ChainVerification> VerifyAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
}
