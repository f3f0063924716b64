namespace Orchestrator.Providers.Proxy;

/// <summary>How a client and a model's server speak. Decides the paths that the proxy lets through, the header of the key, and how usage is read.</summary>
internal enum ModelProtocol
{
    /// <summary>OpenAI's Responses or Chat Completions: <c>Authorization: Bearer</c>.</summary>
    OpenAi = 0,

    /// <summary>Anthropic's Messages: <c>x-api-key</c>.</summary>
    Anthropic,

    /// <summary>Google's Gemini: <c>x-goog-api-key</c>.</summary>
    Gemini,
}
