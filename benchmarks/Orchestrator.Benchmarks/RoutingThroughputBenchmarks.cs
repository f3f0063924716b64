using BenchmarkDotNet.Attributes;
using Orchestrator.Routing;
using Orchestrator.Tasks;

namespace Orchestrator.Benchmarks;

/// <summary>
/// How the router scales to two threads with different tasks. Each thread does the same work, so two of them do 2 × the time of one ÷ their own time as much; <see cref="Control"/> is what the
/// machine itself gives to two threads that share nothing.
/// </summary>
public class RoutingThroughputBenchmarks
{
    private const int Times = 100_000;

    private readonly AgentTask[] _tasks = [RoutingRig.TaskOf("task-1", "shell"), RoutingRig.TaskOf("task-2", "shell")];
    private readonly AgentTask[] _tasksApart = [RoutingRig.TaskOf("task-1", "shell", "even"), RoutingRig.TaskOf("task-2", "shell", "odd")];

    private RoutingRig _shared = null!;
    private RoutingRig _apart = null!;
    private WorkerThreads _threads = null!;

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Prepare() => (_shared, _apart, _threads) = (new RoutingRig(8), new RoutingRig(8, budget: BudgetScope.Tenant), new WorkerThreads(Threads));

    [GlobalCleanup]
    public void Clean()
    {
        _threads.Dispose();
        _shared.Dispose();
        _apart.Dispose();
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Times)]
    public void Control() => _threads.Run(static thread =>
    {
        var hash = (ulong)thread;
        for (var i = 0; i < Times; i++)
        {
            for (var step = 0; step < 50; step++)
            {
                hash = (hash ^ (hash >> 31)) * 0x9E3779B97F4A7C15;
            }
        }

        GC.KeepAlive(hash);
    });

    [Benchmark(OperationsPerInvoke = Times)]
    public void Decisions() => _threads.Run(thread =>
    {
        var task = _tasks[thread];
        for (var i = 0; i < Times; i++)
        {
            _shared.Router.Route(task);
        }
    });

    /// <summary>Providers and budgets of their own: the router's own structures are all that is shared.</summary>
    [Benchmark(OperationsPerInvoke = Times)]
    public void AttemptsApart() => _threads.Run(thread => Attempt(_apart, _tasksApart[thread]));

    /// <summary>One provider and one budget for both: its limits and its money are counted in one place, as they must be.</summary>
    [Benchmark(OperationsPerInvoke = Times)]
    public void AttemptsAtOneProvider() => _threads.Run(thread => Attempt(_shared, _tasks[thread]));

    private static void Attempt(RoutingRig rig, AgentTask task)
    {
        for (var i = 0; i < Times; i++)
        {
            rig.Attempt(task);
        }
    }
}
