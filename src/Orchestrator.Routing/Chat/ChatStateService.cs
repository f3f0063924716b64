using Microsoft.Extensions.Hosting;
using Orchestrator.Routing.State;

namespace Orchestrator.Routing.Chat;

/// <summary>Has the host load and save the state of its routed chat client.</summary>
internal sealed class ChatStateService(RoutingStateKeeper keeper) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => keeper.StartAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => keeper.StopAsync(cancellationToken);
}
