using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orchestrator.Queue.Diagnostics;
using Orchestrator.Queue.Retention;
using Orchestrator.Queue.Schedules;
using Orchestrator.Queue.Signals;
using Orchestrator.Storage;

namespace Orchestrator.Queue.Plans;

/// <summary>Registers plans, schedules and retention; what runs in the background stays off where the store behind it is missing.</summary>
internal static class PlanningServices
{
    public static void AddTo(IServiceCollection services)
    {
        services.TryAddSingleton<ITaskPlans>(static provider => new TaskPlans(
            provider.GetRequiredService<ITaskPlanStore>(),
            provider.GetRequiredService<ITaskStore>(),
            provider.GetRequiredService<TaskSignals>(),
            provider.GetRequiredService<TaskQueueMetrics>()));
        AddSchedules(services);
        AddRetention(services);
    }

    private static void AddSchedules(IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TaskScheduleOptions>, TaskScheduleOptionsValidator>());
        services.AddOptions<TaskScheduleOptions>().ValidateOnStart();
        services.TryAddSingleton<ScheduleWake>();
        services.TryAddSingleton<ITaskSchedules>(static provider => new TaskSchedules(
            provider.GetRequiredService<ITaskScheduleStore>(), provider.GetRequiredService<ITaskStore>(), provider.GetRequiredService<ScheduleWake>(),
            provider.GetService<ILogger<TaskSchedules>>() ?? NullLogger<TaskSchedules>.Instance));
        services.TryAddSingleton(static provider => new ScheduleRunner(
            provider.GetRequiredService<ITaskScheduleStore>(),
            provider.GetRequiredService<ITaskStore>(),
            Of<TaskScheduleOptions>(provider),
            provider.GetRequiredService<TaskSignals>(),
            provider.GetRequiredService<ScheduleWake>(),
            provider.GetRequiredService<TaskQueueMetrics>(),
            provider.GetService<ILogger<ScheduleRunner>>() ?? NullLogger<ScheduleRunner>.Instance));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, HostedRunner<ScheduleRunner>>(static provider => new HostedRunner<ScheduleRunner>(
            provider, static services => services.GetService<ITaskScheduleStore>() is not null && Of<TaskScheduleOptions>(services).IsEnabled)));
    }

    private static void AddRetention(IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TaskRetentionOptions>, TaskRetentionOptionsValidator>());
        services.AddOptions<TaskRetentionOptions>().ValidateOnStart();
        services.TryAddSingleton(static provider => new RetentionRunner(
            provider.GetRequiredService<IStorageMaintenance>(),
            provider.GetRequiredService<ITaskStore>(),
            Of<TaskRetentionOptions>(provider),
            provider.GetRequiredService<TimeProvider>(),
            new Random(provider.GetRequiredService<WorkerIdentity>().Id.GetHashCode(StringComparison.Ordinal)), // Each process has chances of its own.
            provider.GetService<ILogger<RetentionRunner>>() ?? NullLogger<RetentionRunner>.Instance));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, HostedRunner<RetentionRunner>>(static provider => new HostedRunner<RetentionRunner>(
            provider, static services => services.GetService<IStorageMaintenance>() is not null && Of<TaskRetentionOptions>(services).IsEnabled)));
    }

    private static TOptions Of<TOptions>(IServiceProvider provider)
        where TOptions : class => provider.GetRequiredService<IOptions<TOptions>>().Value;
}
