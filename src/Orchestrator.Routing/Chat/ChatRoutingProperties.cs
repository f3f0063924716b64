namespace Orchestrator.Routing.Chat;

/// <summary>Keys of <c>ChatOptions.AdditionalProperties</c> by which a caller steers the routing of one request. They are taken out before a client sees the options.</summary>
public static class ChatRoutingProperties
{
    /// <summary>A whole <see cref="Orchestrator.Tasks.AgentTask"/> instead of the one that is made of the request.</summary>
    public const string Task = "orchestrator.task";

    /// <summary>The only provider that may answer, by name.</summary>
    public const string Provider = "orchestrator.provider";
}
