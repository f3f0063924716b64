using Microsoft.Extensions.AI;
using Orchestrator.Providers;

namespace Orchestrator.Routing.Chat;

/// <summary>A chat client under the name that it is routed by.</summary>
/// <param name="Descriptor">What it is and can do: models with their context windows and prices, capabilities (see <see cref="ChatCapabilities"/>), limits, tags.</param>
/// <param name="Client">The client. It should not retry by itself: <see cref="ProviderRoutingChatClient"/> is the only retry loop. Stays the caller's to dispose.</param>
public sealed record ChatProvider(ProviderDescriptor Descriptor, IChatClient Client)
{
    /// <summary>What it is and can do.</summary>
    public ProviderDescriptor Descriptor { get; init; } = Descriptor ?? throw new ArgumentNullException(nameof(Descriptor));

    /// <summary>The client.</summary>
    public IChatClient Client { get; init; } = Client ?? throw new ArgumentNullException(nameof(Client));
}
