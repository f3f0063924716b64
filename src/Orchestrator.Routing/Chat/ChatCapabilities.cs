namespace Orchestrator.Routing.Chat;

/// <summary>Capabilities that a chat request needs by what stands in it; a provider that declares none of its own is taken to have all of them.</summary>
public static class ChatCapabilities
{
    /// <summary>Calls tools: needed when the options hold tools.</summary>
    public const string Tools = "tools";

    /// <summary>Sees images: needed when a message holds one.</summary>
    public const string Vision = "vision";

    /// <summary>Answers in a JSON schema: needed when the options ask for one.</summary>
    public const string StructuredOutput = "structured-output";
}
