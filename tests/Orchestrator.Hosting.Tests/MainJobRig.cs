using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Auditing;
using Orchestrator.Containers;
using Orchestrator.Executions;
using Orchestrator.Json;
using Orchestrator.Providers.Containers;
using Orchestrator.Queue;
using Orchestrator.Queue.Workers;
using Orchestrator.Routing;
using Orchestrator.Routing.State;
using Orchestrator.Tasks;
using Orchestrator.Testing;

namespace Orchestrator.Hosting.Tests;

/// <summary>The main job on a real repository, with queue, logs, router and providers of the test.</summary>
internal sealed class MainJobRig : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly ServiceProvider _services;

    public MainJobRig(params string[] providers)
        : this(null, providers)
    {
    }

    /// <summary>With verify commands that run in containers, when there are any.</summary>
    public MainJobRig(ScriptedContainers? containers, params string[] providers)
    {
        Providers = [.. providers.Select(name => new ScriptedProvider(name))];
        Router.Order = providers;
        Repository.Write("kept.txt", "kept\n");
        Repository.Commit("start");
        var services = new ServiceCollection();
        services.AddSingleton<IProviderRouter>(Router).AddSingleton<IOperationLog>(Logs).AddSingleton<IExecutionLog>(Logs).AddSingleton<ITaskQueue>(Queue);
        foreach (var provider in Providers)
        {
            services.AddSingleton<Orchestrator.Providers.IAgentProvider>(provider);
        }

        services.AddOrchestrator(options => options.StateDirectory = StateDirectory);
        services.AddProviderRouting(routing => routing.Attempts.RetryDelay = TimeSpan.Zero);
        services.AddSingleton<IRoutingStateStore, InMemoryRoutingStateStore>();
        if (containers is not null)
        {
            ContainerShares.Make(Path.Combine(_directory.Path, "c", ScriptedContainers.Instance));
            services.AddSingleton<IContainerEngine>(containers).AddSingleton<IContainerBalancer>(containers);
            services.AddAgentProviders().UseContainers(options => (options.Pool, options.Directory) = ("agents", Path.Combine(_directory.Path, "c", "{instance}")));
        }

        _services = services.BuildServiceProvider();
    }

    public string StateDirectory => Path.Combine(_directory.Path, "state");

    public GitRepository Repository { get; } = GitRepository.Init();

    public IReadOnlyList<ScriptedProvider> Providers { get; }

    public FakeRouter Router { get; } = new();

    public FakeLogs Logs { get; } = new();

    public FakeQueue Queue { get; } = new();

    public FakeLeases Leases { get; } = new();

    public T Service<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public AgentTask Task(string verify = "true") => new()
    {
        Id = "task-1",
        Type = AgentTaskType.Fix,
        Instructions = "Do it.",
        Source = new LocalSource { Path = Repository.Path },
        VerifyCommand = CommandLine.Parse(verify),
    };

    /// <summary>Has the worker's handler do a task, as after so many crashes and with the checkpoint that the attempt before left.</summary>
    public async Task<TaskHandlerResult> HandleAsync(AgentTask task, int crashes = 0, string? checkpoint = null, long? lease = null, CancellationToken? cancellationToken = null)
    {
        var queued = new QueuedTask
        {
            Id = task.Id,
            Queue = TaskSubmission.DefaultQueue,
            Type = AgentTaskClient.TaskType,
            Payload = OrchestratorJson.Write(task, OrchestratorJsonContext.Default.AgentTask),
            State = QueuedTaskState.Running,
            CreatedAt = DateTimeOffset.UnixEpoch,
            Crashes = crashes,
            LeaseId = lease ?? crashes + 1,
            Checkpoint = checkpoint,
        };
        var worker = new WorkerIdentity { Id = "worker-1", WorkerName = "test" };
        var context = new TaskContext(new TaskLease { Task = queued, ExpiresAt = DateTimeOffset.MaxValue }, worker, Leases);
        return await ActivatorUtilities.CreateInstance<AgentTaskHandler>(_services).HandleAsync(context, cancellationToken ?? TestContext.Current.CancellationToken);
    }

    public static AgentTaskReport ReportOf(TaskHandlerResult result) =>
        OrchestratorJson.Read((result.Result ?? result.Failure!.Result)!, HostingJsonContext.Default.AgentTaskReport);

    /// <summary>What is left in the folders that must be empty between tasks.</summary>
    public IReadOnlyList<string> Leaks() => [.. new[] { "workspaces", "snapshots" }
        .Select(folder => Path.Combine(StateDirectory, folder)).Where(Directory.Exists).SelectMany(Directory.EnumerateFileSystemEntries)];

    public void Dispose()
    {
        _services.Dispose();
        Repository.Dispose();
        _directory.Dispose();
    }
}
