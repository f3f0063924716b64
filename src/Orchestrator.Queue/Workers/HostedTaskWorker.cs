using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Orchestrator.Queue.Workers;

/// <summary>Starts a worker with the host. Makes it no earlier, so that the host has validated all options before and reports every wrong one.</summary>
internal sealed class HostedTaskWorker(IServiceProvider services, string name) : IHostedService
{
    private TaskWorker? _worker;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _worker = services.GetRequiredKeyedService<TaskWorker>(name);
        return _worker.StartAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _worker?.StopAsync(cancellationToken) ?? Task.CompletedTask;
}
