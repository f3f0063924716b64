using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orchestrator.Queue.Retry;
using Orchestrator.Queue.Workers;

namespace Orchestrator.Queue.Tests.DependencyInjection;

public sealed class AddTaskQueueTests
{
    private static CancellationToken Cancel => TestQueue.Cancel;

    [Fact]
    public void Adding_twice_is_adding_once()
    {
        var services = new ServiceCollection();
        services.AddTaskQueue().AddHandler<NoHandler>().AddWorker();
        var types = Types(services);
        var hosted = services.Count(service => service.ServiceType == typeof(IHostedService));

        services.AddTaskQueue().AddHandler<NoHandler>().AddWorker();

        Assert.Equal(types, Types(services));
        Assert.Equal(hosted, services.Count(service => service.ServiceType == typeof(IHostedService)));
        Assert.Single(services, service => service.ServiceType == typeof(ITaskQueue));
        Assert.Single(services, service => service.ServiceType == typeof(ITaskHandler));
    }

    [Fact]
    public async Task What_the_user_registered_before_wins()
    {
        var mine = new WorkerIdentity { Id = "mine", WorkerName = "mine" };
        var services = new ServiceCollection();
        services.AddSingleton(mine);

        services.AddTaskQueue();

        await using var provider = services.BuildServiceProvider();
        Assert.Same(mine, provider.GetRequiredService<WorkerIdentity>());
    }

    [Fact]
    public async Task Each_process_has_a_fresh_identity_with_the_names_of_the_options()
    {
        await using var first = Provider();
        await using var second = Provider();

        var identity = first.GetRequiredService<WorkerIdentity>();

        Assert.Equal(("builder-7", "pod-1"), (identity.WorkerName, identity.ContainerName));
        Assert.NotEqual(identity.Id, second.GetRequiredService<WorkerIdentity>().Id);
        Assert.Same(identity, first.GetRequiredService<WorkerIdentity>());
    }

    [Fact]
    public async Task Every_wrong_option_is_named_at_the_start()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services
            .AddTaskQueue(options =>
            {
                options.WaitPollInterval = TimeSpan.Zero;
                options.Retry.Delay = TimeSpan.FromMinutes(2);
                options.Retry.MaxDelay = TimeSpan.FromMinutes(1);
                options.Retry.Jitter = (RetryJitter)9;
                options.Retry.Codes["unavailable"] = new TaskRetryRule { MaxAttempts = 0, Delay = TimeSpan.FromHours(1) };
                options.WorkerName = "";
                options.ContainerName = new string('x', 201);
                options.PresenceDirectory = " ";
            })
            .AddHandler<NoHandler>()
            .AddWorker(options =>
            {
                options.Queue = "no name";
                options.OnlyTaskId = "no name";
                options.Concurrency = 0;
                options.Prefetch = -1;
                options.Slots = 0;
                options.Types.Add("no type");
                options.ShutdownTimeout = TimeSpan.FromDays(2);
                options.LeaseDuration = TimeSpan.Zero;
                options.PollInterval = TimeSpan.FromDays(1);
            });
        using var host = builder.Build();

        var error = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync(Cancel));

        var text = error.ToString();
        Assert.All(
            (string[])["WaitPollInterval", "Retry.Delay", "Retry.Jitter", "Codes[unavailable].MaxAttempts", "Codes[unavailable].Delay", "WorkerName", "ContainerName", "PresenceDirectory", "Queue", "OnlyTaskId", "Concurrency", "Prefetch", "Slots", "Types", "ShutdownTimeout", "LeaseDuration", "PollInterval"],
            property => Assert.Contains(property, text, StringComparison.Ordinal));
        Assert.True(error is OptionsValidationException or AggregateException);
    }

    private static List<Type> Types(ServiceCollection services) =>
        [.. services.Select(service => service.ServiceType).Where(type => type.Namespace?.StartsWith("Orchestrator", StringComparison.Ordinal) == true)];

    private static ServiceProvider Provider() => new ServiceCollection().AddTaskQueue(options =>
    {
        options.WorkerName = "builder-7";
        options.ContainerName = "pod-1";
    }).Services.BuildServiceProvider();

    private sealed class NoHandler : ITaskHandler
    {
        public string Type => "none";

        public ValueTask<TaskHandlerResult> HandleAsync(TaskContext context, CancellationToken cancellationToken) => ValueTask.FromResult(TaskHandlerResult.Released());
    }
}
