using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Orchestrator.Containers;

namespace Orchestrator.Providers.Containers;

/// <summary>A pool of one instance and its engine: commands do what the test says, and everything that was asked for is written down.</summary>
internal sealed class ScriptedContainers : IContainerEngine, IContainerBalancer, IContainerLeaseOwner
{
    public const string Instance = "agents-00000001";

    private readonly TaskCompletionSource _silent = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Name { get; set; } = "docker";

    /// <summary>When an endless command has printed all it prints.</summary>
    public Task Silent => _silent.Task;

    /// <summary>What a command prints and how it ends.</summary>
    public Func<ContainerCommand, CancellationToken, IAsyncEnumerable<ContainerOutput>> Command { get; set; } = static (_, _) => Lines(0);

    /// <summary>What acquiring gives; <see langword="null"/> for a lease.</summary>
    public ContainerAcquisition? Acquisition { get; set; }

    /// <summary>What renewing a lease answers.</summary>
    public bool Renewal { get; set; } = true;

    /// <summary>What a lease costs while it goes on.</summary>
    public decimal CostUsd { get; set; }

    /// <summary>What a lease has cost in the end.</summary>
    public decimal FinalCostUsd { get; set; }

    public ContainerState State { get; set; } = ContainerState.Running;

    /// <summary>Whether a shell in the instance answers.</summary>
    public bool CanSignal { get; set; } = true;

    /// <summary>Whether there is the pool.</summary>
    public bool HasPool { get; set; } = true;

    /// <summary>What stopping the instance fails with, again and again; null for an instance that ends.</summary>
    public OrchestratorException? StopFailure { get; set; }

    /// <summary>Whether the engine has the instance.</summary>
    public bool IsThere { get; set; } = true;

    /// <summary>Runs when the instance is stopped.</summary>
    public Action OnStop { get; set; } = static () => { };

    /// <summary>The commands but for signals, in their order.</summary>
    public ConcurrentQueue<ContainerCommand> Commands { get; } = new();

    /// <summary>What happened, in order.</summary>
    public ConcurrentQueue<string> Journal { get; } = new();

    public static async IAsyncEnumerable<ContainerOutput> Lines(int exitCode, params string[] lines)
    {
        foreach (var line in lines)
        {
            await Task.Yield();
            yield return new ContainerOutput(line);
        }

        yield return new ContainerOutput("", ExitCode: exitCode);
    }

    /// <summary>Prints lines and goes on until it is killed.</summary>
    public async IAsyncEnumerable<ContainerOutput> Endless([EnumeratorCancellation] CancellationToken cancellationToken, params string[] lines)
    {
        foreach (var line in lines)
        {
            yield return new ContainerOutput(line);
        }

        _silent.TrySetResult(); // The lines have been taken.
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }

    public ValueTask<ContainerAcquisition> AcquireAsync(ContainerRequest request, CancellationToken cancellationToken) => ValueTask.FromResult(
        Acquisition ?? new ContainerAcquisition(AcquisitionStatus.Acquired, new ContainerLease(request.Pool, Instance, "id-1", 1, this)));

    public ValueTask<bool> RenewAsync(ContainerLease lease, CancellationToken cancellationToken) => ValueTask.FromResult(Renewal);

    public ValueTask ReleaseAsync(ContainerLease lease, bool succeeded)
    {
        Journal.Enqueue(succeeded ? "released" : "released as failed");
        lease.Settle(FinalCostUsd);
        return ValueTask.CompletedTask;
    }

    public decimal CostOf(ContainerLease lease) => CostUsd;

    public ValueTask RestartAsync(string instance, CancellationToken cancellationToken)
    {
        Journal.Enqueue("restarted " + instance);
        return ValueTask.CompletedTask;
    }

    public PoolStatus? GetStatus(string pool) => HasPool ? new PoolStatus { Pool = pool } : null;

    public async IAsyncEnumerable<ContainerOutput> ExecuteAsync(string id, ContainerCommand command, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (command.Command is { Executable: "sh", Arguments: ["-c", var script, ..] } && script.Contains("kill -", StringComparison.Ordinal))
        {
            Journal.Enqueue(command.Command.Arguments is [_, _, "sh", var signal, var mark] ? $"asked {signal} {mark}" : script);
            yield return new ContainerOutput("", ExitCode: CanSignal ? 0 : 127);
            yield break;
        }

        Commands.Enqueue(command);
        await foreach (var output in Command(command, cancellationToken).WithCancellation(cancellationToken))
        {
            yield return output;
        }
    }

    public ValueTask StopAsync(string id, TimeSpan grace, CancellationToken cancellationToken)
    {
        Journal.Enqueue($"stopped within {grace}");
        OnStop();
        return StopFailure is null ? ValueTask.CompletedTask : ValueTask.FromException(StopFailure);
    }

    public ValueTask<ContainerStatus?> InspectAsync(string id, CancellationToken cancellationToken) =>
        ValueTask.FromResult(IsThere ? new ContainerStatus { Id = id, Name = Instance, State = State } : null);

    public ValueTask ScaleAsync(string pool, int instances, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask SetWeightAsync(string instance, double weight, CancellationToken cancellationToken) => throw new NotSupportedException();

    public decimal GetTaskCost(string taskId) => throw new NotSupportedException();

    public ValueTask DrainAsync(string instance, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<string> CreateAsync(ContainerSpecification specification, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask StartAsync(string id, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask RemoveAsync(string id, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<ValueList<ContainerStatus>> ListAsync(ValueMap labels, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask PauseAsync(string id, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask ResumeAsync(string id, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<ContainerUsage?> GetUsageAsync(string id, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<ContainerOutput> ReadLogsAsync(string id, int lines, bool follow, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<ContainerEvent> WatchAsync(ValueMap labels, DateTimeOffset? since, CancellationToken cancellationToken) => throw new NotSupportedException();
}
