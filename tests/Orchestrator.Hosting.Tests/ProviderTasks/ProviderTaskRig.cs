using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Queue;
using Orchestrator.Queue.Workers;
using Orchestrator.Secrets;

namespace Orchestrator.Hosting.Tests.ProviderTasks;

/// <summary>The main job's rig with one factory, and what sends and handles provider tasks.</summary>
internal sealed class ProviderTaskRig : IDisposable
{
    public ProviderTaskRig(params string[] providers)
    {
        Main = new MainJobRig(providers);
        Factory = new ProviderTaskFactory { Repository = Main.Repository.Path, VerifyCommand = "true" };
        Options.Factories["billing"] = Factory;
        var services = Main.Service<IServiceProvider>();
        Gate = new ProviderTaskGate(new FixedOptions(Options), Main.Service<SecretResolver>(), Main.Service<ISecretRedactor>());
        Handler = new ProviderTaskHandler(ActivatorUtilities.CreateInstance<AgentTaskHandler>(services), Gate, Main.Service<AgentTaskTrail>());
        Client = new ProviderTaskClient(Main.Queue, Gate, Main.Service<AgentTaskTrail>(), new FixedOptions(Options));
    }

    public MainJobRig Main { get; }

    public ProviderTaskOptions Options { get; } = new();

    public ProviderTaskFactory Factory { get; }

    public ProviderTaskGate Gate { get; }

    public ProviderTaskHandler Handler { get; }

    public ProviderTaskClient Client { get; }

    public static ProviderTask Message(string provider = "codex") => new() { TaskId = "task-1", Provider = provider, Factory = "billing", Instructions = "Do it." };

    public async Task<TaskHandlerResult> HandleAsync(string payload, string id = "task-1")
    {
        var queued = new QueuedTask { Id = id, Queue = "default", Type = ProviderTaskClient.TaskType, Payload = payload, State = QueuedTaskState.Running, CreatedAt = DateTimeOffset.UnixEpoch, LeaseId = 1, MaxAttempts = 3 };
        var context = new TaskContext(new TaskLease { Task = queued, ExpiresAt = DateTimeOffset.MaxValue }, new WorkerIdentity { Id = "worker-1", WorkerName = "test" }, Main.Leases);
        return await Handler.HandleAsync(context, TestContext.Current.CancellationToken);
    }

    public void Dispose() => Main.Dispose();
}
