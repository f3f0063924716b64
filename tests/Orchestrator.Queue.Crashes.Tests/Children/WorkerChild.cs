using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestrator.Queue.Crashes.Tests.Effects;

namespace Orchestrator.Queue.Crashes.Tests.Children;

/// <summary>A host with a worker. Says its incarnation, and logs to its standard error.</summary>
internal static class WorkerChild
{
    public static async Task RunAsync(TortureSettings settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddProvider(new ErrorStreamLoggerProvider());
        builder.Services.AddSingleton(new EffectStore(settings.Folder));
        TortureQueue.Add(builder.Services, settings).AddHandler<EffectHandler>().AddWorker(options =>
        {
            options.Concurrency = 8;
            options.LeaseDuration = settings.LeaseDuration;
            options.PollInterval = settings.PollInterval;
        });
        using var host = builder.Build();
        await Console.Out.WriteLineAsync(host.Services.GetRequiredService<WorkerIdentity>().Id);
        host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(static () => Console.Out.WriteLine(ChildProcess.Ready));
        await host.RunAsync();
    }
}
