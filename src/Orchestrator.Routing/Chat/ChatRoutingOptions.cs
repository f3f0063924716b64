using Orchestrator.Providers;

namespace Orchestrator.Routing.Chat;

/// <summary>Settings of a routed chat client.</summary>
public sealed class ChatRoutingOptions
{
    /// <summary>How long a provider may take until its first content (or its whole answer when it does not stream) before the next one is asked; from 1 millisecond to 1 day.</summary>
    /// <value>2 minutes by default.</value>
    public TimeSpan FirstContentTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a stream may be silent after its first content; from 1 millisecond to 1 day.</summary>
    /// <value>2 minutes by default.</value>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Classifies what a client threw; <see langword="null"/> from it, or no function, for <see cref="ChatFailures.Classify"/>. SDKs have exceptions of their own: this is where they are read.</summary>
    public Func<Exception, AgentFailure?>? Classify { get; set; }
}
