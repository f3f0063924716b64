using Orchestrator.Queue.Diagnostics;

namespace Orchestrator.Queue.Workers;

/// <summary>What every running task is given, and where ends are counted.</summary>
internal sealed record TaskRunnerServices(WorkerIdentity Worker, ITaskLeases Leases, ITransactionalTaskQueue? Transactions, TaskQueueMetrics Metrics);
