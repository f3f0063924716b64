using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Orchestrator.Queue.Plans;

/// <summary>Starts a background service with the host, when it is wanted. Makes it no earlier, so that the host has validated all options before and reports every wrong one.</summary>
internal sealed class HostedRunner<TRunner>(IServiceProvider services, Func<IServiceProvider, bool> isWanted) : IHostedService
    where TRunner : BackgroundService
{
    private TRunner? _runner;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!isWanted(services))
        {
            return Task.CompletedTask;
        }

        _runner = services.GetRequiredService<TRunner>();
        return _runner.StartAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _runner?.StopAsync(cancellationToken) ?? Task.CompletedTask;
}
